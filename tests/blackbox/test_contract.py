"""The harness's own tests: a check of answers that lets a wrong one pass would be worth nothing."""
import json
import unittest

from harness.contract import Breach, Contract
from harness.wire import Answer

DOCUMENT = {
    "paths": {
        "/things/list": {"get": {"responses": {"200": {"content": {"application/json": {
            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}}}}},
        "/things/{id}": {
            "get": {"responses": {
                "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "404": {"$ref": "#/components/responses/Missing"}}},
            "delete": {"responses": {"204": {"description": "gone"}}}},
    },
    "components": {
        "responses": {"Missing": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
        "schemas": {
            "Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": ["string", "null"]}}},
            "Thing": {"allOf": [{"$ref": "#/components/schemas/Named"}, {
                "type": "object", "required": ["size"],
                "properties": {"size": {"type": "integer", "minimum": 1},
                               "metadata": {"type": "object", "additionalProperties": {"type": "string"}}}}]},
            "Problem": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
        },
    },
}


class ContractCheck(unittest.TestCase):
    def setUp(self):
        self.contract = Contract(DOCUMENT)

    def check(self, method, target, status, body=None, media_type="application/json"):
        encoded = b"" if body is None else json.dumps(body).encode()
        self.contract.check(method, target, Answer(status, {"content-type": media_type}, encoded))

    def assert_breach(self, *arguments, **more):
        with self.assertRaises(Breach):
            self.check(*arguments, **more)

    def test_accepts_what_is_described(self):
        self.check("GET", "/things/7?full=1", 200, {"name": None, "size": 1, "metadata": {"any": "thing"}})
        self.check("GET", "/things/list", 200, [{"name": "a", "size": 2}])
        self.check("GET", "/things/7", 404, {"error": "no"})
        self.check("DELETE", "/things/7", 204)

    def test_finds_a_property_that_is_not_described(self):
        self.assert_breach("GET", "/things/7", 200, {"name": "a", "size": 1, "colour": "red"})
        self.assert_breach("GET", "/things/7", 404, {"error": "no", "trace": "…"})

    def test_finds_a_missing_property_and_a_wrong_type(self):
        self.assert_breach("GET", "/things/7", 200, {"size": 1})
        self.assert_breach("GET", "/things/7", 200, {"name": "a", "size": "1"})
        self.assert_breach("GET", "/things/list", 200, [{"name": "a", "size": 0}])

    def test_finds_a_status_a_media_type_or_a_body_that_is_not_described(self):
        self.assert_breach("GET", "/things/7", 500, {"error": "no"})
        self.assert_breach("GET", "/things/7", 404, {"error": "no"}, media_type="text/html")
        self.assert_breach("DELETE", "/things/7", 204, {"done": True})

    def test_finds_an_operation_that_is_not_described(self):
        self.assert_breach("POST", "/things/7", 200, {"name": "a", "size": 1})
        self.check("GET", "/elsewhere", 404, {"anything": 1})

    def test_a_fixed_path_wins_over_a_template(self):
        self.assertEqual(self.contract.operation("GET", "/things/list"), "/things/list")
        self.assertEqual(self.contract.operation("GET", "/things/other"), "/things/{id}")
