#!/usr/bin/env python3
"""Holds the alert rules and docs/alerts.md against what /metrics shows: every metric and label that a rule names is
rendered, every rule has a severity, a summary and a heading to go to, and the document lists every metric and every
alert, and no other. promtool, where there is one, has its say about the expressions.

Usage: check_rules.py PRINT_METRICS [--self-test]
Prints each breach, and exits 1 when there is one. --self-test bends the rules and sees that it is noticed.
"""
import copy
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "payweir.rules.yaml"
DOCUMENT = ROOT / "docs" / "alerts.md"
METRIC = re.compile(r"\bpayweir_\w+")
SELECTOR = re.compile(r"\b(payweir_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
SEVERITIES = {"page", "ticket"}


def families_of(exposition):
    """{family: (type, {label: values})}; a histogram's samples count for their family."""
    families = {}
    for line in exposition.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:4]
            families[name] = (kind, {})
        elif not line.startswith("#"):
            name, labels = re.match(r"(\w+)(?:\{(.*)\})? ", line).groups()
            family = name if name in families else re.sub(r"_(bucket|sum|count)$", "", name)
            for label, value in re.findall(r'(\w+)="([^"]*)"', labels or ""):
                families[family][1].setdefault(label, set()).add(value)
    return families


def series_of(families):
    """{name that a rule may use: labels}."""
    series = {}
    for name, (kind, labels) in families.items():
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            series[name + suffix] = labels
    return series


def breaches_of_expression(expression, series):
    for name, selector in SELECTOR.findall(expression):
        if name not in series:
            yield f"{name} is not shown by /metrics"
            continue
        for label, operator, value in MATCHER.findall(selector):
            if label not in series[name]:
                yield f"{name} has no label {label}"
            # Of statuses only those are shown that were counted, so they are not known here.
            elif operator == "=" and label != "status" and value not in series[name][label]:
                yield f"{name} has no series with {label}={value}"


def breaches_of_rules(document, series, headings):
    seen = set()
    for group in document["groups"]:
        for rule in group["rules"]:
            name = rule["alert"]
            if name in seen:
                yield f"{name}: there are two of this name"
            seen.add(name)
            if set(rule) - {"alert", "expr", "for", "labels", "annotations"}:
                yield f"{name}: unknown keys {sorted(set(rule) - {'alert', 'expr', 'for', 'labels', 'annotations'})}"
            if not METRIC.search(rule["expr"]):
                yield f"{name}: names no metric"
            yield from (f"{name}: {breach}" for breach in breaches_of_expression(rule["expr"], series))
            if "for" in rule and not re.fullmatch(r"\d+[smh]", rule["for"]):
                yield f"{name}: for: {rule['for']}"
            if rule["labels"].get("severity") not in SEVERITIES:
                yield f"{name}: severity is one of {sorted(SEVERITIES)}"
            if not rule["annotations"].get("summary"):
                yield f"{name}: has no summary"
            if rule["annotations"].get("runbook") != f"docs/alerts.md#{name.lower()}":
                yield f"{name}: runbook is docs/alerts.md#{name.lower()}"
            if name not in headings:
                yield f"{name}: docs/alerts.md has no heading of this name"
    for name in sorted(headings - seen):
        yield f"docs/alerts.md describes {name}, which is no alert"


def breaches_of_document(text, families):
    rows = re.findall(r"^\| `(payweir_\w+)` \|([^|]*)\|", text, re.M)
    listed = {name for name, _ in rows}
    if len(listed) < len(rows):
        yield "docs/alerts.md lists a metric twice"
    for name in sorted(families.keys() - listed):
        yield f"docs/alerts.md does not list {name}"
    for name in sorted(listed - families.keys()):
        yield f"docs/alerts.md lists {name}, which /metrics does not show"
    for name, labels in rows:
        kind, known = families.get(name, ("", {}))
        told = {"le"} if labels.strip() == "histogram" else set(re.findall(r"`(\w+)`", labels))
        if name in families and told != set(known):
            yield f"docs/alerts.md: {name} has the labels {sorted(known)}"


def headings_of(text):
    return set(re.findall(r"^### (\w+)$", text, re.M))


def breaches_of_promtool():
    promtool = shutil.which("promtool")
    if not promtool:
        return
    checked = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True, timeout=60)
    if checked.returncode != 0:
        yield "promtool: " + (checked.stdout + checked.stderr).strip()


def self_test(document, series, headings):
    def bent(change):
        copied = copy.deepcopy(document)
        change(copied["groups"][0]["rules"][0])
        return copied

    changes = [
        lambda rule: rule.update(expr="payweir_no_such_metric > 0"),
        lambda rule: rule.update(expr="payweir_routing_decision_seconds > 0"),
        lambda rule: rule.update(expr='payweir_requests_total{klass="5xx"} > 0'),
        lambda rule: rule.update(expr='payweir_requests_total{class="9xx"} > 0'),
        lambda rule: rule.update(expr="up == 0"),
        lambda rule: rule.update(alert="PayweirNowhere"),
        lambda rule: rule["annotations"].update(summary=""),
        lambda rule: rule["labels"].update(severity="critical"),
    ]
    for number, change in enumerate(changes):
        if not list(breaches_of_rules(bent(change), series, headings)):
            sys.exit(f"check_rules: planted breach {number} was not found")


def main():
    exposition = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True, timeout=60).stdout
    families = families_of(exposition)
    series = series_of(families)
    document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    text = DOCUMENT.read_text(encoding="utf-8")
    headings = headings_of(text)
    if "--self-test" in sys.argv:
        self_test(document, series, headings)
    found = [*breaches_of_rules(document, series, headings), *breaches_of_document(text, families), *breaches_of_promtool()]
    for breach in found:
        print(breach)
    if found:
        sys.exit(1)
    print(f"alerts: {len(headings)} rules over {len(families)} metrics")


if __name__ == "__main__":
    main()
