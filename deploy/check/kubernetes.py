"""What kustomize makes of deploy/kubernetes, and the SpinApp beside it."""

from __future__ import annotations

import functools
import json
import pathlib
import subprocess
import sysconfig

import jsonschema
import kubernetes_validate
import yaml
from project import KUBERNETES, PLAY, difference, functions, routes, seconds, settings, spin

# The oldest that knows every field we use, and the newest there is a schema of.
VERSIONS = ("1.27", "1.37")
SPINAPP = KUBERNETES / "spinapp.yaml"
# What a deployment may say of traces where everybody may read it; the key, if there is one, is a secret.
OF_TRACES = {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}


@functools.cache
def made(folder: str | pathlib.Path = ".") -> list[dict]:
    """What `kubectl apply --kustomize` would send; a whole path is that folder, another one is in deploy/kubernetes."""
    kubectl = pathlib.Path(sysconfig.get_path("scripts")) / "kubectl"
    ran = subprocess.run([kubectl, "kustomize", KUBERNETES / folder], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(ran.stdout))


def everything() -> list[dict]:
    return made() + made("redis") + [item for item in yaml.safe_load_all(SPINAPP.read_text()) if item["kind"] != "SpinApp"]


def of_kind(*kinds: str, items: list[dict] | None = None) -> list[dict]:
    return [item for item in (everything() if items is None else items) if item["kind"] in kinds]


def named(item: dict) -> str:
    return f"{item['kind']} {item['metadata']['name']}"


def workloads() -> list[dict]:
    return of_kind("Deployment", "StatefulSet")


def is_part(selector: dict, labels: dict) -> bool:
    return bool(selector) and selector.items() <= labels.items()


def every_object_fits_the_schema_of_its_kind():
    for version in VERSIONS:
        for item in everything():
            try:
                kubernetes_validate.validate(item, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{named(item)} in {version}: {error.message}"


def every_function_has_its_objects():
    for kind in ("Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"):
        names = {item["metadata"]["name"].removeprefix("truce-") for item in of_kind(kind, items=made())}
        yield from difference(kind, names, functions())


def a_selector_takes_the_pods_of_one_workload():
    pods = [(named(item), item["spec"]["template"]["metadata"]["labels"]) for item in workloads()]
    for item in of_kind("Service", "PodDisruptionBudget", "Deployment", "StatefulSet", items=made() + made("redis")):
        selector = item["spec"]["selector"] if item["kind"] == "Service" else item["spec"]["selector"].get("matchLabels", {})
        taken = [name for name, labels in pods if is_part(selector, labels)]
        if [name.split()[1] for name in taken] != [item["metadata"]["name"]]:
            yield f"{named(item)} takes {taken or ('everything' if not selector else 'nothing')}"
    for item in of_kind("HorizontalPodAutoscaler", items=made()):
        target = item["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) != ("Deployment", item["metadata"]["name"]):
            yield f"{named(item)} scales {target['name']}"


def no_pod_can_do_more_than_it_needs():
    for item in workloads():
        pod = item["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        held = {
            "runs as root": not (pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0),
            "is without seccomp": pod["securityContext"]["seccompProfile"] != {"type": "RuntimeDefault"},
            "has a token of the cluster": pod["automountServiceAccountToken"],
            "gets variables of services": pod["enableServiceLinks"],
            "may become more": container["securityContext"]["allowPrivilegeEscalation"],
            "may write": not container["securityContext"]["readOnlyRootFilesystem"],
            "has capabilities": container["securityContext"]["capabilities"] != {"drop": ["ALL"]},
            "may take all memory": "memory" not in container["resources"]["limits"],
            "is never asked": not {"livenessProbe", "readinessProbe"} <= container.keys(),
            "is closed when all are": "probe=ready" in str(container.get("readinessProbe")),
        }
        yield from (f"{named(item)} {what}" for what, is_so in held.items() if is_so)


def there_is_time_to_end_well():
    (config,) = of_kind("ConfigMap", items=made())
    drain = int(config["data"]["TRUCE_DRAIN_SECONDS"])
    most = seconds("DRAIN_MAX", "shared/function/src/host/process.rs")
    needed = drain + seconds("GRACE", "shared/function/src/host/native.rs")
    for item in of_kind("Deployment", items=made()):
        grace = item["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        if not (0 < drain <= most and needed < grace):
            yield f"{named(item)} is killed after {grace} s and may need {needed} s"


def the_ingress_routes_as_spin_does():
    (ingress,) = of_kind("Ingress", items=made())
    (rule,) = ingress["spec"]["rules"]
    here = set()
    for path in rule["http"]["paths"]:
        below = path["path"].rstrip("/") + "/..." if path["pathType"] == "Prefix" else path["path"]
        here.add((below, path["backend"]["service"]["name"].removeprefix("truce-")))
    yield from difference("routes", here, set(routes().items()))
    (config,) = of_kind("ConfigMap", items=made())
    public = config["data"]["TRUCE_PUBLIC_URL"]
    if {f"https://{rule['host']}", *(f"https://{host}" for tls in ingress["spec"]["tls"] for host in tls["hosts"])} != {public}:
        yield f"the Ingress is for {rule['host']}, and the functions say {public}"


def every_setting_is_one_a_function_reads_and_no_key_is_in_the_manifests():
    for item in of_kind("Deployment", items=made()):
        (container,) = item["spec"]["template"]["spec"]["containers"]
        secret = {variable["name"] for variable in container["env"] if "secretKeyRef" in variable.get("valueFrom", {})}
        # A collector may ask every function for a key; a language model is called by one, where there is one.
        asks = {"OTEL_EXPORTER_OTLP_HEADERS"} | ({"TRUCE_MODEL_KEY"} if item["metadata"]["name"] == "truce-mediate" else set())
        yield from difference(f"{named(item)}, secrets", secret, {"TRUCE_KEYS", "TRUCE_ORGANISER_KEYS", "TRUCE_STORE"} | asks)
        optional = {variable["name"] for variable in container["env"] if variable["valueFrom"]["secretKeyRef"].get("optional")}
        yield from difference(f"{named(item)}, what it can do without", optional, asks)
        (config,) = of_kind("ConfigMap", items=made())
        if container["envFrom"] != [{"configMapRef": {"name": config["metadata"]["name"]}}]:
            yield f"{named(item)} does not read the ConfigMap"
        yield from difference("settings", config["data"].keys() | settings(), settings())


def every_function_can_be_told_where_traces_go():
    (config,) = of_kind("ConfigMap", items=made())
    yield from (f"{name} cannot be told" for name in sorted((OF_TRACES | {"TRUCE_MODEL_TRACEPARENT"}) - config["data"].keys()))


def nobody_gets_out_but_to_the_store_and_where_a_setting_says():
    pods = {item["metadata"]["name"].removeprefix("truce-"): item["spec"]["template"]["metadata"]["labels"] for item in of_kind("Deployment", items=made())}
    policies = {item["metadata"]["name"]: item["spec"] for item in of_kind("NetworkPolicy", items=made())}
    (config,) = of_kind("ConfigMap", items=made())
    for name, whose, setting in (
        ("truce", functions(), None),
        ("truce-traces", functions(), "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ("truce-model", {"mediate"}, "TRUCE_MODEL_URL"),
    ):
        policy = policies[name]
        taken = {pod for pod, labels in pods.items() if is_part(policy["podSelector"].get("matchLabels", {}), labels)}
        yield from difference(f"{name} is for", taken, whose)
        if "Egress" not in policy["policyTypes"]:
            yield f"{name} says nothing of the ways out"
        if setting and bool(policy["egress"]) != bool(config["data"][setting]):
            yield f"{name} is {'open' if policy['egress'] else 'closed'}, and {setting} says {config['data'][setting] or 'nothing'}"
    yield from ("truce opens a way to everybody" for way in policies["truce"]["egress"] if not way.get("to"))


def podman_gets_the_same_pods_and_nothing_it_cannot_play():
    yield from difference("kinds", {item["kind"] for item in made(PLAY)}, {"ConfigMap", "Pod"})
    pods = {item["metadata"]["name"].removeprefix("truce-play-"): item["spec"] for item in of_kind("Pod", items=made(PLAY))}
    if other := difference("pods", set(pods), functions() | {"redis"}):
        yield from other
        return
    ports = [port for pod in pods.values() for port in pod["containers"][0].get("ports", [])]
    if len({port.get("hostPort") for port in ports}) != len(functions()):
        yield f"one port each: {ports}"
    yield from (f"{port} is open to everybody" for port in ports if port.get("hostIP") != "127.0.0.1")
    for name, pod in pods.items():
        (container,) = pod["containers"]
        (there,) = (item for item in workloads() if item["metadata"]["name"].removeprefix("truce-") == name)
        there = there["spec"]["template"]["spec"]
        if (container["securityContext"], container["resources"]) != tuple(there["containers"][0][of] for of in ("securityContext", "resources")):
            yield f"{name} may do other things than on Kubernetes"
        if pod["securityContext"] != there["securityContext"]:
            yield f"{name} is somebody else than on Kubernetes"
        if probes := [key for key in container if key.endswith("Probe")]:
            yield f"{name} is asked by programs that it does not have: {probes}"
        if any("valueFrom" in variable for variable in container.get("env", [])):
            yield f"{name} has a secret in its environment"
        if "secrets" not in {mount["name"] for mount in container["volumeMounts"] if mount.get("readOnly")}:
            yield f"{name} has no secrets to read"


def a_server_is_told_what_a_function_reads_and_no_secret():
    lines = (PLAY.parent / "quadlet" / "truce.env").read_text().splitlines()
    told = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    yield from difference("settings", told | settings(), settings())
    yield from (f"{name} is a secret" for name in told & {"TRUCE_KEYS", "TRUCE_ORGANISER_KEYS", "TRUCE_STORE", "OTEL_EXPORTER_OTLP_HEADERS"})
    yield from (f"{name} cannot be told" for name in sorted(OF_TRACES - told))


def the_spinapp_uses_documented_fields_and_declared_variables():
    (app,) = (item for item in yaml.safe_load_all(SPINAPP.read_text()) if item["kind"] == "SpinApp")
    schema = json.loads((pathlib.Path(__file__).parent / "spinapp.schema.json").read_text())
    yield from (f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(app))
    given = {variable["name"]: variable for variable in app["spec"]["variables"]}
    declared = spin()["variables"]
    yield from difference("variables", given.keys() | declared.keys(), set(declared))
    for name, variable in declared.items():
        if variable.get("required") and name not in given:
            yield f"{name} is required"
        if variable.get("secret") and "value" in given.get(name, {}):
            yield f"{name} is a secret, and written here"


CHECKS = [
    every_object_fits_the_schema_of_its_kind,
    every_function_has_its_objects,
    a_selector_takes_the_pods_of_one_workload,
    no_pod_can_do_more_than_it_needs,
    there_is_time_to_end_well,
    the_ingress_routes_as_spin_does,
    every_setting_is_one_a_function_reads_and_no_key_is_in_the_manifests,
    every_function_can_be_told_where_traces_go,
    nobody_gets_out_but_to_the_store_and_where_a_setting_says,
    podman_gets_the_same_pods_and_nothing_it_cannot_play,
    a_server_is_told_what_a_function_reads_and_no_secret,
    the_spinapp_uses_documented_fields_and_declared_variables,
]
