"""The SAM template."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sysconfig

import yaml
from given import Given
from project import ROOT, TEMPLATE, asked, difference, functions, routes, seconds, settings

# What a collector in a layer reads, and no function does.
OF_A_LAYER = {"OPENTELEMETRY_COLLECTOR_CONFIG_URI"}


class Loader(yaml.SafeLoader):
    """Reads `!Sub x` as `{"Fn::Sub": x}`."""


def intrinsic(loader: Loader, tag: str, node: yaml.Node) -> dict:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


Loader.add_multi_constructor("!", intrinsic)


def template() -> dict:
    return yaml.load(TEMPLATE.read_text(), Loader)  # noqa: S506: a SafeLoader


def of_type(kind: str) -> dict[str, dict]:
    return {name: item["Properties"] for name, item in template()["Resources"].items() if item["Type"] == kind}


def functions_of_the_template() -> dict[str, str]:
    """Their logical names, without `Function`, by their folders."""
    lambdas = of_type("AWS::Serverless::Function")
    return {re.sub(r"(?<!^)(?=[A-Z])", "-", name.removesuffix("Function")).lower(): name.removesuffix("Function") for name in lambdas}


def cfn_lint_has_nothing_to_say():
    lint = pathlib.Path(sysconfig.get_path("scripts")) / "cfn-lint"
    ran = subprocess.run([lint, "--non-zero-exit-code", "informational", TEMPLATE], capture_output=True, text=True, check=False)
    if ran.returncode:
        yield ran.stdout + ran.stderr


def the_template_has_every_function():
    yield from difference("functions", set(functions_of_the_template()), functions())


def the_table_is_the_one_the_store_describes():
    described = json.loads((ROOT / "shared/store/src/dynamodb/table.json").read_text())
    (table,) = of_type("AWS::DynamoDB::Table").values()
    for name, value in described.items():
        if table.get(name) != value:
            yield f"{name} is {table.get(name)} here and {value} there"
    if table.get("TimeToLiveSpecification") != {"AttributeName": "expires", "Enabled": True}:
        yield "it does not forget what has expired"
    if table.get("PointInTimeRecoverySpecification") != {"PointInTimeRecoveryEnabled": True}:
        yield "it cannot be put back to how it was"
    (whole,) = (item for item in template()["Resources"].values() if item["Type"] == "AWS::DynamoDB::Table")
    if {whole.get("DeletionPolicy"), whole.get("UpdateReplacePolicy")} != {"Retain"}:
        yield "it goes with the stack"


def a_role_allows_what_its_function_asks_and_nothing_else():
    roles = of_type("AWS::IAM::Role")
    for folder, name in functions_of_the_template().items():
        (policy,) = roles[f"{name}Role"]["Policies"]
        allowed = set()
        for statement in policy["PolicyDocument"]["Statement"]:
            action = statement.get("Action", "")
            if not str(action).startswith("dynamodb:"):
                continue
            if statement["Resource"] != {"Fn::GetAtt": "Table.Arn"}:
                yield f"{folder}: {action} is not for the table alone"
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            allowed |= {(action.removeprefix("dynamodb:"), key) for key in keys}
        yield from difference(f"{folder} may and asks", allowed, asked(folder))


def the_http_api_routes_as_spin_does():
    integrations = {f"{name}Integration": folder for folder, name in functions_of_the_template().items()}
    here = {}
    for route in of_type("AWS::ApiGatewayV2::Route").values():
        target = re.fullmatch(r"integrations/\$\{(\w+)\}", route["Target"]["Fn::Sub"])
        path = re.sub(r"^\w+ ", "", route["RouteKey"]).replace("/{proxy+}", "/...")
        here[{"$default": "/..."}.get(path, path)] = integrations[target[1]]
    there = routes()
    # In Spin, `/qr/...` is `/qr` as well.
    there |= {path.removesuffix("/..."): function for path, function in there.items() if path not in ("/...",) and path.endswith("/...")}
    yield from difference("routes", set(here.items()), set(there.items()))


def every_setting_is_one_a_function_reads_and_no_key_is_in_the_template():
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    yield from difference("settings", set(variables) - OF_A_LAYER | settings(), settings())
    variables |= {"OTEL_EXPORTER_OTLP_HEADERS": variables["OTEL_EXPORTER_OTLP_HEADERS"]["Fn::If"][1]}
    variables |= {"TRUCE_MODEL_KEY": of_type("AWS::Serverless::Function")["MediateFunction"]["Environment"]["Variables"]["TRUCE_MODEL_KEY"]["Fn::If"][1]}
    for name in ("TRUCE_KEYS", "TRUCE_ORGANISER_KEYS", "TRUCE_MODEL_KEY", "OTEL_EXPORTER_OTLP_HEADERS"):
        if not str(variables[name].get("Fn::Sub")).startswith("{{resolve:secretsmanager:"):
            yield f"{name} does not come from Secrets Manager"


def every_function_is_told_where_traces_go_and_nothing_of_them_unless_one_says_so():
    somewhere = {"TracesEndpoint": "https://c.example"}
    version = "0" * 32
    told = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "https://c.example",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "1",
        "TRUCE_MODEL_TRACEPARENT": "no",
    }
    key = {"OTEL_EXPORTER_OTLP_HEADERS": f"{{{{resolve:secretsmanager:truce/traces:SecretString:::{version}}}}}"}
    for given, expected in [
        ({}, {}),
        # Without a place to go to nothing has a key, a share or a configuration.
        ({"TracesHeadersVersion": version, "TracesShare": "0.1", "ModelTraceparent": "yes", "CollectorConfig": "/opt/c.yaml"}, {}),
        (somewhere, told),
        (somewhere | {"TracesShare": "0.1"}, told | {"OTEL_TRACES_SAMPLER_ARG": "0.1"}),
        (somewhere | {"ModelTraceparent": "yes"}, told | {"TRUCE_MODEL_TRACEPARENT": "yes"}),
        (somewhere | {"TracesHeadersVersion": version}, told | key),
        (somewhere | {"CollectorLayers": "arn:a,arn:b"}, told | {"Layers": ["arn:a,arn:b"]}),
        (
            {"CollectorLayers": "arn:a", "CollectorConfig": "/opt/c.yaml"},
            {"Layers": ["arn:a"], "OPENTELEMETRY_COLLECTOR_CONFIG_URI": "/opt/c.yaml"},
        ),
    ]:
        stack = Given(template(), **given)
        for name, properties in of_type("AWS::Serverless::Function").items():
            of_traces = {key: said for key, said in stack.of_function(properties).items() if key.startswith(("OTEL_", "OPENTELEMETRY_", "TRUCE_MODEL_TRACEPARENT", "Layers"))}
            if of_traces != expected:
                yield f"{name}, given {given}: {of_traces}"


def a_poll_ends_before_lambda_and_the_gateway_give_up():
    longest = seconds("LONGEST_WAIT", "shared/function/src/settings.rs")
    wait = template()["Parameters"]["LongestWait"]
    limit = of_type("AWS::Serverless::Function")["MediateFunction"]["Timeout"]
    if not wait["Default"] <= wait["MaxValue"] <= longest < limit:
        yield f"it may wait for {wait['MaxValue']} s, the code for {longest} s, and the function ends after {limit} s"
    for name, integration in of_type("AWS::ApiGatewayV2::Integration").items():
        if not limit * 1000 < integration["TimeoutInMillis"] <= 30_000:
            yield f"{name} gives up after {integration['TimeoutInMillis']} ms"


CHECKS = [
    cfn_lint_has_nothing_to_say,
    the_template_has_every_function,
    the_table_is_the_one_the_store_describes,
    a_role_allows_what_its_function_asks_and_nothing_else,
    the_http_api_routes_as_spin_does,
    every_setting_is_one_a_function_reads_and_no_key_is_in_the_template,
    every_function_is_told_where_traces_go_and_nothing_of_them_unless_one_says_so,
    a_poll_ends_before_lambda_and_the_gateway_give_up,
]
