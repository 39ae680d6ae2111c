"""The groups of verbs of the command line; each verb loads only the rooms it needs."""

EXIT_FINDINGS, EXIT_USAGE = 1, 2
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
