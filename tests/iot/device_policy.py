#!/usr/bin/env python3
"""Holds the stack's device policy on a broker that looks at policies: a device connects as itself, and publishes under its own
name, and whatever else it tries is refused.

The local cloud's own emulator looks at no policy. This one does (`AUTH=true`), so it is started here, with the policy of
the synthesised template and nothing else of it. The device is the real one: `target/debug/device`.

    .venv/bin/python tests/iot/device_policy.py      needs scripts/setup and scripts/build-functions
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEVICE = ROOT / "target/debug/device"
ACCOUNT, REGION = "000000000000", "us-east-1"
# How long the emulator may take to answer, and a device may go without an acknowledgement.
START_SECONDS, PATIENCE_SECONDS = 60, 8


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        document = device_policy(folder / "cdk.out")
        with emulator(folder) as broker:
            own, unattached = broker.certificate(document, "d-1"), broker.certificate(document, None)
            (folder / "series.csv").write_text("timestamp,value\n2026-11-25 00:00:00,21.5\n")
            failures = [
                case for case, expected, arguments in cases(own, unattached)
                if broker.publish(folder / "series.csv", arguments) != expected
            ]
    for case in failures:
        print(f"not as it should be: {case}", file=sys.stderr)
    if failures:
        sys.exit(1)
    print("the device policy lets a device publish under its own name, and refuses all else")


def cases(own, unattached):
    """What is tried, whether it may succeed, and how the device is called for it."""
    def as_device(name, certificate, client=None):
        client = ["--client-id", client] if client else []
        return ["--device", name, *client, "--certificate", certificate[0], "--key", certificate[1]]

    return [
        ("a device under its own name", True, as_device("d-1", own)),
        ("a device that connects as another", False, as_device("d-2", own)),
        ("a device that publishes as another", False, as_device("d-2", own, client="d-1")),
        ("a certificate that is attached to no thing", False, as_device("d-1", unattached)),
        ("once more under its own name", True, as_device("d-1", own)),
    ]


def device_policy(out):
    """The policy of the synthesised stack, with the emulator's partition, region and account in it."""
    context = {
        **json.loads((ROOT / "infra/cdk.json").read_text())["context"],
        "pattern": "iot-inference",
        "localCloud": "true",
        "localEndpoint": "http://127.0.0.1:1",
        "functionsDirectory": str(ROOT / "target/functions/debug"),
    }
    environment = {**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)}
    command = ["node", "--import", "tsx", "bin/kinesis-ai-patterns.ts"]
    subprocess.run(command, cwd=ROOT / "infra", env=environment, check=True, stdout=subprocess.DEVNULL)
    resources = json.loads((out / "IotInference.template.json").read_text())["Resources"]
    [name] = {
        reference["Ref"]
        for name, reference in outputs_of(out).items()
        if name == "DevicePolicyName"
    }
    return resolved(resources[name]["Properties"]["PolicyDocument"])


def outputs_of(out):
    template = json.loads((out / "IotInference.template.json").read_text())
    return {name: output["Value"] for name, output in template["Outputs"].items()}


def resolved(value):
    """A part of a template with its references written out."""
    if isinstance(value, list):
        return [resolved(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}[value["Ref"]]
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(resolved(parts))
    return {name: resolved(part) for name, part in value.items()}


@contextlib.contextmanager
def emulator(folder):
    """An emulator with a broker that looks at policies, in a process group that is gone afterwards."""
    port, mqtt_port = free_port(), free_port()
    endpoint = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "1",
        "IOT_MTLS_PORT": str(mqtt_port),
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": endpoint,
    }
    log = folder / "emulator.log"
    with log.open("wb") as output:
        program = [str(ROOT / ".venv/bin/ministack")]
        process = subprocess.Popen(
            program, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until_ready(endpoint, process, log)
        yield Broker(folder, endpoint, mqtt_port)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_ready(endpoint, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{endpoint}/_ministack/ready", timeout=1):
            return
        time.sleep(0.1)
    sys.exit(f"the emulator does not start:\n{log.read_text()[-2000:]}")


class Broker:
    """The emulator's MQTT broker, and the API that its certificates come from."""

    def __init__(self, folder, endpoint, mqtt_port):
        self.folder, self.mqtt_port = folder, mqtt_port
        self.iot = botocore.session.get_session().create_client(
            "iot", region_name=REGION, endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test"
        )
        with urllib.request.urlopen(f"{endpoint}/_ministack/iot/ca.pem") as answer:
            self.authority = self.write("ca.pem", answer.read().decode())

    def certificate(self, document, thing_name):
        """Files with a certificate under the policy and its key; attached to the thing of that name, if there is one."""
        made = self.iot.create_keys_and_certificate(setAsActive=True)
        name = f"policy-of-{thing_name}"
        self.iot.create_policy(policyName=name, policyDocument=json.dumps(document))
        self.iot.attach_policy(policyName=name, target=made["certificateArn"])
        if thing_name is not None:
            self.iot.create_thing(thingName=thing_name)
            self.iot.attach_thing_principal(thingName=thing_name, principal=made["certificateArn"])
        return (
            self.write(f"{thing_name}.pem", made["certificatePem"]),
            self.write(f"{thing_name}.key", made["keyPair"]["PrivateKey"]),
        )

    def publish(self, series, arguments):
        """Whether the device's one reading was acknowledged."""
        command = [DEVICE, "replay", "--input", series, "--mqtt", f"localhost:{self.mqtt_port}", "--ca", self.authority]
        command += ["--patience", str(PATIENCE_SECONDS), *arguments]
        ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode not in (0, 1):
            sys.exit(f"the device was called wrongly: {ended.stderr}")
        return ended.returncode == 0

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    main()
