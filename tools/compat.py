#!/usr/bin/env python3
"""compat.py - docs/compatibility.md against the operations in the program.  Run by `meson test`.

    tools/compat.py [ROOT]         complains about what is not so
    tools/compat.py --fix [ROOT]   writes the table of the README anew

What is known is read from src/op/op_table.c: its list of the API's operations and its list of those
that there are.
"""
import pathlib, re, sys

BEGIN, END = '<!-- tools/compat.py --fix writes this table -->\n', '<!-- end -->\n'
bad = 0

def complain(what):
    global bad
    bad += 1
    print(what)

def program(root):
    text = (root / 'src/op/op_table.c').read_text()
    camel = lambda name: ''.join(p.capitalize() for p in name.split('_'))
    there = {camel(n) for n in re.findall(r'&op_(\w+)', text)}
    api = re.findall(r'"(\w+)"', re.search(r'api\[\] = \{(.*?)\};', text, re.S)[1])
    return api, there

def document(root):
    """[(group, operation, state, text)]"""
    rows, group = [], None
    for line in (root / 'docs/compatibility.md').read_text().split('\n'):
        if line.startswith('## '):
            group = line[3:]
        m = re.fullmatch(r'\| ([A-Z]\w+) \| (\w+) \| ?(.*?) ?\|', line)
        if m:
            rows.append((group, *m.groups()))
    return rows

def check(api, there, rows):
    names = [r[1] for r in rows]
    for name in sorted(set(api) ^ set(names)):
        complain(f'{name}: ' + ('not in docs/compatibility.md' if name in api else 'not an operation of the API'))
    for name in sorted(n for n in set(names) if names.count(n) > 1):
        complain(f'{name}: more than once in docs/compatibility.md')
    for name in sorted(there - set(api)):
        complain(f'{name}: in the program, but not in its list of the API')
    for group, name, state, text in rows:
        if state not in ('yes', 'partial', 'no'):
            complain(f'{name}: neither yes nor partial nor no')
        elif (state == 'no') == (name in there):
            complain(f'{name}: "{state}", but the program has it' if name in there else
                     f'{name}: "{state}", but the program does not have it')
        if (state == 'partial') != bool(text):
            complain(f'{name}: "{state}" ' + ('says what differs' if text else 'does not say what differs'))

def readme_table(rows):
    out = '| operations | yes | partial | no |\n|---|---|---|---|\n'
    for group in dict.fromkeys(r[0] for r in rows):
        count = lambda state: sum(r[0] == group and r[2] == state for r in rows) or ''
        out += f'| {group} | {count("yes")} | {count("partial")} | {count("no")} |\n'
    return out

args = [a for a in sys.argv[1:] if a != '--fix']
root = pathlib.Path(args[0] if args else '.')
api, there = program(root)
rows = document(root)
check(api, there, rows)
readme = root / 'README.md'
before, _, rest = readme.read_text().partition(BEGIN)
have, _, after = rest.partition(END)
if have != readme_table(rows):
    if '--fix' in sys.argv:
        readme.write_text(before + BEGIN + readme_table(rows) + END + after)
    else:
        complain('README.md: its table is not that of docs/compatibility.md (tools/compat.py --fix)')
sys.exit(bad != 0)
