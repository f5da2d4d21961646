"""Holds answers against openapi/payweir.yaml: the operation, its status, its media type, its schema.

Objects are closed: a property that the document does not name is a breach, unless its schema says
`additionalProperties`. So the document describes what is served, no more and no less.
"""
import pathlib
import re

import jsonschema
import yaml

METHODS = {"get", "post", "put", "delete", "patch"}
DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "openapi" / "payweir.yaml"


class Breach(AssertionError):
    pass


class Contract:
    def __init__(self, document):
        self._document = _with_closed_objects(document)
        self._resolver = jsonschema.RefResolver("", self._document)
        self._validators = {}
        self._operations = []
        for template, item in document["paths"].items():
            pattern = re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)))
            for method in METHODS & item.keys():
                self._operations.append((method, template.count("{"), pattern, template))
        self._operations.sort(key=lambda row: row[1])  # /payments/list before /payments/{payment_id}

    @staticmethod
    def load(path=DOCUMENT):
        with open(path, encoding="utf-8") as file:
            return Contract(yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))

    def operation(self, method, target):
        """The path template that serves `target`, or None."""
        path = target.split("?", 1)[0]
        for known_method, _, pattern, template in self._operations:
            if known_method == method.lower() and pattern.fullmatch(path):
                return template
        return None

    def operations(self):
        """Each as (method, path template, names of the keys that it takes)."""
        for method, _, _, template in self._operations:
            security = self._document["paths"][template][method].get("security", [])
            yield method.upper(), template, {name for choice in security for name in choice}

    def check(self, method, target, answer):
        """Raises Breach when `answer` is not what the document says of `method target`."""
        template = self.operation(method, target)
        if template is None:
            if answer.status in (404, 405):
                return
            raise Breach(f"{method} {target} answered {answer.status}, and is not in the document")
        where = f"{method} {template} -> {answer.status}"
        responses = self._document["paths"][template][method.lower()]["responses"]
        described = responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX") or responses.get("default")
        if described is None:
            raise Breach(f"{where}: this status is not described; body {answer.body[:300]!r}")
        content = self._resolved(described).get("content")
        if not content:
            if answer.body:
                raise Breach(f"{where}: described without a body, and has one")
            return
        media_type = answer.headers.get("content-type", "").split(";")[0].strip()
        if media_type not in content:
            raise Breach(f"{where}: media type {media_type!r} is not one of {sorted(content)}")
        if media_type != "application/json":
            return
        problem = jsonschema.exceptions.best_match(self._validator(where, content[media_type]["schema"]).iter_errors(answer.json))
        if problem is not None:
            at = "/".join(str(step) for step in problem.absolute_path)
            raise Breach(f"{where}: at /{at}: {problem.message[:400]}")

    def _resolved(self, node):
        while "$ref" in node:
            node = self._resolver.resolve(node["$ref"])[1]
        return node

    def _validator(self, key, schema):
        if key not in self._validators:
            self._validators[key] = jsonschema.Draft202012Validator(schema, resolver=self._resolver)
        return self._validators[key]


def _with_closed_objects(document):
    """A copy in which every object schema refuses properties that it does not name. Parts of an allOf see
    only their own properties, so they stay open and the whole is closed."""
    parts = set()

    def collect(node):
        if isinstance(node, dict):
            for part in node.get("allOf", ()):
                parts.add(part.get("$ref", id(part)))
            for child in node.values():
                collect(child)
        elif isinstance(node, list):
            for child in node:
                collect(child)

    def closed(node, pointer):
        if isinstance(node, list):
            return [closed(child, f"{pointer}/{index}") for index, child in enumerate(node)]
        if not isinstance(node, dict):
            return node
        copy = {name: closed(child, f"{pointer}/{name}") for name, child in node.items()}
        names_properties = isinstance(node.get("properties"), dict) or "allOf" in node
        is_open = "additionalProperties" in node or "unevaluatedProperties" in node
        is_part = id(node) in parts or pointer in parts
        if names_properties and not is_open and not is_part:
            copy["unevaluatedProperties"] = False
        return copy

    collect(document)
    return closed(document, "#")
