"""Registers an enhanced fan-out consumer for a CloudFormation that has no resource type for it (the local cloud's)."""

import json
import urllib.request

import botocore.session


def handler(event, _context):
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    try:
        arn = consumer_arn(event)
        answer |= {"Status": "SUCCESS", "PhysicalResourceId": arn, "Data": {"ConsumerARN": arn}}
    except Exception as error:  # CloudFormation waits an hour for a function that does not answer
        failed = event.get("PhysicalResourceId", "none")
        answer |= {"Status": "FAILED", "PhysicalResourceId": failed, "Reason": str(error)}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, method="PUT"))


def consumer_arn(event):
    kinesis = botocore.session.get_session().create_client("kinesis")
    if event["RequestType"] == "Delete":
        arn = event["PhysicalResourceId"]
        if ":consumer/" in arn:
            kinesis.deregister_stream_consumer(ConsumerARN=arn)
        return arn
    names = {key: event["ResourceProperties"][key] for key in ("StreamARN", "ConsumerName")}
    try:
        return kinesis.register_stream_consumer(**names)["Consumer"]["ConsumerARN"]
    except kinesis.exceptions.ResourceInUseException:  # registered by an earlier try
        return kinesis.describe_stream_consumer(**names)["ConsumerDescription"]["ConsumerARN"]
