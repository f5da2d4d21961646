#!/usr/bin/env python3
"""Holds openapi/payweir.yaml against the route table that the switch serves from, both ways: every route is
an operation with the same id, keys and body, and every operation is a route. And the document against
itself: references resolve, no component is unused, response objects are closed, examples are valid.

Usage: check_routes.py PRINT_ROUTES
Prints each breach, and exits 1 when there is one.
"""
import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "openapi" / "payweir.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
KEYS = {"open": set(), "admin": {"adminKey"}, "merchant": {"secretKey"}, "admin_or_merchant": {"adminKey", "secretKey"},
        "merchant_or_publishable": {"secretKey", "publishableKey"}, "merchant_or_sandbox": {"secretKey"}}
DIALECT_KEYS = {"unipayKey"}  # the secret key in another header


def routes_of(program):
    printed = subprocess.run([program], check=True, capture_output=True, text=True, timeout=60).stdout
    return {(route["method"].lower(), route["path"]): route for route in map(json.loads, printed.splitlines())}


def operations_of(document):
    return {(method, path): item[method] for path, item in document["paths"].items() for method in METHODS if method in item}


def body_of(operation):
    """The route table's word for what an operation says of its body."""
    body = operation.get("requestBody")
    if body is None:
        return "none"
    if "application/json" not in body["content"]:
        return "raw"
    return "json" if body.get("required") else "optional_json"


def breaches_of_routes(document, routes):
    operations = operations_of(document)
    for method, path in sorted(routes.keys() - operations.keys()):
        yield f"{method.upper()} {path} is served and not documented"
    for method, path in sorted(operations.keys() - routes.keys()):
        yield f"{method.upper()} {path} is documented and not served"
    for key in sorted(routes.keys() & operations.keys()):
        route, operation = routes[key], operations[key]
        where = f"{key[0].upper()} {key[1]}"
        if operation["operationId"] != route["operation_id"]:
            yield f"{where}: operationId is {operation['operationId']}, served as {route['operation_id']}"
        keys = {name for choice in operation["security"] for name in choice}
        if keys - DIALECT_KEYS != KEYS[route["access"]] or ({} in operation["security"]) != (route["access"] == "merchant_or_sandbox"):
            yield f"{where}: security {sorted(keys)}, served to {route['access']}"
        if body_of(operation) != route["body"]:
            yield f"{where}: body {body_of(operation)}, served with {route['body']}"
        parameters = [resolved(document, parameter) for parameter in operation["parameters"]]
        named = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
        in_path = {part[1:-1] for part in key[1].split("/") if part.startswith("{")}
        if named != in_path:
            yield f"{where}: path parameters {sorted(named)}, the path has {sorted(in_path)}"
        takes_key = any(parameter["name"] == "Idempotency-Key" for parameter in parameters)
        is_payers = key[1].startswith("/pay/")  # under the payment's client_secret
        if takes_key != (key[0] == "post" and (route["access"] != "open" or is_payers)):
            yield f"{where}: Idempotency-Key belongs to every POST under a key, and to nothing else"


def resolved(document, node):
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def walk(node, path=""):
    yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield from walk(child, f"{path}/{name}")


def breaches_of_document(document):
    used = set()
    for path, node in walk(document):
        if not isinstance(node, dict) or "$ref" not in node:
            continue
        used.add(node["$ref"])
        try:
            resolved(document, node)
        except KeyError:
            yield f"{path}: {node['$ref']} leads nowhere"
    for kind, components in document["components"].items():
        for name in components:
            if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used:
                yield f"components/{kind}/{name} is unused"
    for path, node in walk(document["components"]["schemas"]):
        if isinstance(node, dict) and isinstance(node.get("properties"), dict) and "additionalProperties" not in node:
            yield f"schemas{path}: says nothing of additionalProperties"
    for key, operation in operations_of(document).items():
        for status, response in operation["responses"].items():
            yield from breaches_of_answer(document, f"{key[0].upper()} {key[1]} -> {status}", resolved(document, response))


def breaches_of_answer(document, where, response):
    """Response objects are closed down to where they are free by name; requests are open."""
    pending, seen = [content.get("schema", {}) for content in response.get("content", {}).values()], []
    while pending:
        node = pending.pop()
        for _, child in walk(resolved(document, node)):
            if not isinstance(child, dict) or child in seen:
                continue
            seen.append(child)
            if "$ref" in child:
                pending.append(child)
            if isinstance(child.get("properties"), dict) and child.get("additionalProperties") is not False:
                yield f"{where}: an object with {sorted(child['properties'])[:4]} … is open"


def breaches_of_examples(document):
    resolver = jsonschema.RefResolver("", document)
    for path, node in walk(document):
        if not isinstance(node, dict) or not isinstance(node.get("schema"), dict):
            continue
        examples = [example["value"] for example in node.get("examples", {}).values()]
        examples += [node["example"]] if "example" in node else []
        jsonschema.Draft202012Validator.check_schema(node["schema"])
        for example in examples:
            for problem in jsonschema.Draft202012Validator(node["schema"], resolver=resolver).iter_errors(example):
                yield f"{path}: example at /{'/'.join(map(str, problem.absolute_path))}: {problem.message}"


def main(program):
    with open(DOCUMENT, encoding="utf-8") as file:
        document = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    routes = routes_of(program)
    breaches = [*breaches_of_routes(document, routes), *breaches_of_document(document), *breaches_of_examples(document)]
    print(*breaches, sep="\n", end="\n" if breaches else "")
    print(f"{len(routes)} routes, {len(operations_of(document))} operations, {len(breaches)} breaches")
    return 1 if breaches or not routes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
