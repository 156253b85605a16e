#!/usr/bin/env python3
"""Compare a run of the Autobahn suite with the committed expected results.

    compare.py [--update] SPEC REPORT EXPECTED

SPEC is the spec.json of the run: what it leaves out is not looked for. REPORT
is the index.json that the run wrote. EXPECTED holds, per case, the behavior
and the closing behavior, and an explanation of each that is not OK:

    {"explanations": {"7.1.6": "why"},
     "cases": {"7.1.6": {"behavior": "INFORMATIONAL", "behaviorClose": "OK"}}}

Where the suite's own timing decides, a list names every result that is right:
"behavior": ["OK", "NON-STRICT"].

Beside the results, the masking keys of all frames that the suite logged must
differ, as random ones do (RFC 6455 5.3): no case of the suite looks at them.

Exit status: 0 all as expected, 1 something differs, 2 a file cannot be read.
With --update, EXPECTED is rewritten for the cases that ran; explanations, and
lists that name the new result, are kept, and a missing explanation is still an
error.
"""
import argparse
import fnmatch
import json
import os
import sys

KEYS = ("behavior", "behaviorClose")


def order(case):
    return [int(n) for n in case.split(".")]


def is_in(case, spec):
    def matches(patterns):
        return any(fnmatch.fnmatchcase(case, pattern) for pattern in patterns)

    return matches(spec["cases"]) and not matches(spec["exclude-cases"])


def choices(value):
    return value if isinstance(value, list) else [value]


def fits(result, expected):
    return all(result[key] in choices(expected[key]) for key in KEYS)


def words(result):
    return ", closing ".join(" or ".join(choices(result[key])) for key in KEYS)


def needs_explanation(expected):
    return any(choices(expected[key]) != ["OK"] for key in KEYS)


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def save(path, expected):
    """One case a line, so that a change of one case is a change of one line."""

    def table(entries):
        lines = (
            "    %s: %s" % (json.dumps(case), json.dumps(entries[case], ensure_ascii=False))
            for case in sorted(entries, key=order)
        )
        return "{\n" + ",\n".join(lines) + "\n  }" if entries else "{}"

    with open(path, "w", encoding="utf-8") as f:
        f.write('{\n  "explanations": %s,\n  "cases": %s\n}\n' % (
            table(expected["explanations"]), table(expected["cases"])))


def results_of(report):
    if len(report) != 1:
        raise ValueError("the report holds %d agents, not 1" % len(report))
    (cases,) = report.values()
    return {case: {key: cases[case][key] for key in KEYS} for case in cases}


def repeated_keys(report, directory):
    """Says what is wrong with the masking keys, if anything."""
    keys = []
    for results in report.values():
        for result in results.values():
            details = load(os.path.join(directory, result["reportfile"]))
            # a received frame ends in its masking key, in hexadecimal
            keys += [entry[-1] for entry in details["wirelog"] if entry[0] == "RF"]
    repeated = len(keys) - len(set(keys))
    # two of a few hundred random keys are the same once in ten thousand runs
    if repeated > 1:
        yield "%d of %d masking keys are repeated, such as %s" % (
            repeated, len(keys), max(set(keys), key=keys.count))


def differences(results, expected, spec):
    wanted = {case: e for case, e in expected["cases"].items() if is_in(case, spec)}
    for case in sorted(wanted.keys() | results.keys(), key=order):
        if case not in results:
            yield "%s: did not run" % case
        elif case not in wanted:
            yield "%s: %s; it is not among the expected results" % (case, words(results[case]))
        elif not fits(results[case], wanted[case]):
            yield "%s: %s; expected %s" % (case, words(results[case]), words(wanted[case]))


def unexplained(expected):
    for case in sorted(expected["cases"].keys() | expected["explanations"].keys(), key=order):
        explained = bool(expected["explanations"].get(case))
        if case not in expected["cases"]:
            yield "%s: explained, but not among the expected results" % case
        elif needs_explanation(expected["cases"][case]) != explained:
            yield "%s: %s" % (case, "explained, but OK" if explained else "not OK and not explained")


def update(results, expected):
    for case, result in results.items():
        if not (case in expected["cases"] and fits(result, expected["cases"][case])):
            expected["cases"][case] = result
    for case, entry in expected["cases"].items():
        if not needs_explanation(entry):
            expected["explanations"].pop(case, None)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--update", action="store_true", help="rewrite EXPECTED")
    ap.add_argument("spec")
    ap.add_argument("report")
    ap.add_argument("expected")
    args = ap.parse_args()
    try:
        spec = load(args.spec)
        report = load(args.report)
        results = results_of(report)
        keys = list(repeated_keys(report, os.path.dirname(args.report)))
        try:
            expected = load(args.expected)
        except FileNotFoundError:
            if not args.update:
                raise
            expected = {"explanations": {}, "cases": {}}
    except (OSError, KeyError, ValueError) as error:
        print("compare: %s" % error, file=sys.stderr)
        return 2
    if args.update:
        update(results, expected)
        save(args.expected, expected)
    wrong = list(differences(results, expected, spec)) + list(unexplained(expected)) + keys
    for line in wrong:
        print(line)
    if not results:
        wrong.append("nothing ran")
    if wrong:
        print("conformance: %d differences in %d cases" % (len(wrong), len(results)))
        return 1
    print("conformance: %d cases as expected" % len(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
