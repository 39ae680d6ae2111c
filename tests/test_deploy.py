"""Units, container and manifests: sound by the tools of each, and closed where a person's safety asks for it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate import validate

from bot.config import PREFIX, SETTINGS

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = [
    one for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for one in yaml.safe_load_all(path.read_text())
]
WORKLOADS = [one for one in MANIFESTS if one["kind"] == "Deployment"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
NO_DISK = ["--save", "", "--appendonly", "no"]
HIGHEST_EXPOSURE = 2.0  # systemd calls 2 and less "safe"
KUBERNETES = "1.31"  # the oldest version the manifests are written for


def name(one: dict[str, Any]) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


def pod(one: dict[str, Any]) -> dict[str, Any]:
    return one["spec"]["template"]["spec"]


def follows(command: list[str], words: list[str]) -> bool:
    return any(command[n : n + len(words)] == words for n in range(len(command)))


# -- systemd -------------------------------------------------------------------------------------------------------


@pytest.fixture
def analyze(tmp_path: Path) -> Any:
    """Runs systemd-analyze on a copy of a unit whose program is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here (Debian package systemd)")

    def run(unit: Path, *words: str) -> str:
        copy = tmp_path / unit.name.replace("@", "@1")
        copy.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE))
        done = subprocess.run(["systemd-analyze", *words, copy], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return run


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_has_no_mistake(unit: Path, analyze: Any) -> None:
    """systemd finds nothing to complain of."""
    assert analyze(unit, "verify", "--man=no").strip() == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_exposed_as_little_as_may_be(unit: Path, analyze: Any) -> None:
    """By systemd's own measure, from 0 to 10."""
    found = re.search(r"exposure level for \S+: ([\d.]+)", analyze(unit, "security", "--offline=yes"))

    assert found is not None
    assert float(found[1]) <= HIGHEST_EXPOSURE


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_unit_lets_memory_reach_a_disk(unit: Path) -> None:
    """No core, no swap, secrets as credentials, and a watchdog that hears the program."""
    lines = unit.read_text().splitlines()

    wanted = {
        "LimitCORE=0",
        "MemorySwapMax=0",
        "DynamicUser=yes",
        "NotifyAccess=main",
        "Type=notify",
        "WatchdogSec=120",
    }
    assert wanted - set(lines) == set()
    assert any(line.startswith("LoadCredential=") for line in lines)


# -- Kubernetes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", MANIFESTS, ids=name)
def test_a_manifest_follows_the_schema(one: dict[str, Any]) -> None:
    """Every field is one that Kubernetes knows, with a value it takes."""
    validate(one, KUBERNETES, strict=True)


@pytest.mark.parametrize("one", WORKLOADS, ids=name)
def test_a_pod_is_restricted(one: dict[str, Any]) -> None:
    """As Kubernetes' own restricted profile asks, with a root file system that cannot be written."""
    spec = pod(one)
    [container] = spec["containers"]
    own = container["securityContext"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (own["allowPrivilegeEscalation"], own["readOnlyRootFilesystem"]) == (False, True)
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert spec["automountServiceAccountToken"] is spec["enableServiceLinks"] is False
    assert [v for v in spec["volumes"] if "emptyDir" in v and v["emptyDir"].get("medium") != "Memory"] == []


def test_one_process_writes_counts_and_three_answer() -> None:
    """The ledger is never there twice and alone has a volume; replicas come and go one by one."""
    by_name = {one["metadata"]["name"]: one["spec"] for one in WORKLOADS}
    with_disk = [one["metadata"]["name"] for one in WORKLOADS if "persistentVolumeClaim" in json.dumps(one)]

    assert (by_name["ledger"]["replicas"], by_name["ledger"]["strategy"]["type"]) == (1, "Recreate")
    assert by_name["bot"]["replicas"] == 3
    assert with_disk == ["ledger"]


def test_pods_reach_telegram_names_and_the_shared_server_alone() -> None:
    """Nothing goes in or out that no policy allows; what is allowed out is listed here whole."""
    policies = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "NetworkPolicy"}
    out = {
        who: sorted(
            to.get("ipBlock", {}).get("cidr") or next(iter(to["podSelector"]["matchLabels"].values()))
            for rule in policies[who].get("egress", [])
            for to in rule["to"]
        )
        for who in policies
    }

    assert policies["nothing-unless-said"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert out == {
        "nothing-unless-said": [],
        "bot": ["149.154.160.0/20", "91.108.4.0/22", "kube-dns", "valkey"],
        "ledger": ["kube-dns", "valkey"],
        "valkey": [],
    }


# -- container and compose -----------------------------------------------------------------------------------------


def test_the_compose_file_is_one() -> None:
    """docker-compose reads it, with every profile."""
    if shutil.which("docker-compose") is None:
        pytest.skip("no docker-compose here (Debian package docker-compose)")
    command = [
        "docker-compose",
        "--profile",
        "alone",
        "--profile",
        "replicas",
        "-f",
        DEPLOY / "compose.yaml",
        "config",
        "-q",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_closed(service: str) -> None:
    """Read-only, without capabilities, swap, core or root, and with logs that stay small."""
    one = SERVICES[service]

    assert (one["read_only"], one["cap_drop"], one["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert one["mem_limit"] == one["memswap_limit"]
    assert one["ulimits"] == {"core": 0}
    assert one["user"].partition(":")[0] not in ("", "0", "root")
    assert set(one["logging"]["options"]) == {"max-size", "max-file"}


def test_the_shared_server_keeps_nothing() -> None:
    """Wherever we start one it is told to write nothing and to drop nothing."""
    [workload] = [one for one in WORKLOADS if one["metadata"]["name"] == "valkey"]
    for command in (SERVICES["valkey"]["command"], pod(workload)["containers"][0]["args"]):
        assert follows(command, NO_DISK)
        assert follows(command, ["--maxmemory-policy", "noeviction"])


def test_the_image_is_built_from_locked_lists_for_an_account_without_rights() -> None:
    """Every installation is by hash, and what runs is not root."""
    text = (DEPLOY / "Containerfile").read_text()
    installs = [line for line in text.splitlines() if "pip install" in line]

    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["10001:10001"]
    assert text.count("\nFROM ") == 2


def test_every_setting_named_is_one() -> None:
    """Units, compose file and manifests set nothing that the program would refuse."""
    if "webhook" not in SETTINGS:
        pytest.skip("webhook mode is not there yet")
    named = {
        (path.name, setting)
        for path in (*UNITS, DEPLOY / "compose.yaml", DEPLOY / "Containerfile", *(DEPLOY / "kubernetes").iterdir())
        for setting in re.findall(rf"{PREFIX}([A-Z_]+)", path.read_text())
    }

    assert sorted((file, setting) for file, setting in named if setting.lower() not in SETTINGS) == []
