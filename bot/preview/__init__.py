"""Every screen as a translator or a reader looks at it: pages beside the chat page, and a document to print."""
