# SPDX-License-Identifier: MIT
"""Why a program died, from the facts of its report: a class (one word for --json) and sentences for people.

Each rule looks at one kind of death and answers None when it is not that; the first that answers is the cause. Rules only say what
the report shows: of what they conclude they name the facts.
"""
import re

NULL_PAGE, STACK_REACH, CANONICAL = 4096, 1 << 20, 1 << 47
VECTOR_DIVIDE, VECTOR_OPCODE, VECTOR_PROTECTION, VECTOR_PAGE, VECTOR_ALIGNMENT, VECTOR_X87, VECTOR_SIMD = 0, 6, 13, 14, 17, 16, 19
# Instructions whose operand in memory must be aligned.
ALIGNED = re.compile(r"^(v?movap[sd]|v?movdqa|v?movnt\w+|(add|sub|mul|div|min|max|xor|and|or)p[sd]|p(xor|or|and|andn|add\w+|sub\w+|cmp\w+))\b")
OPERAND = re.compile(r"\[([^\]]+)\]")


def hexadecimal(value):
    return "?" if value is None else f"0x{value:x}"


class Death:
    """What the rules look at; `name` gives an address its name, `rows` are the instructions around rip."""

    def __init__(self, report, registers, rows, name, owner):
        self.report, self.registers, self.rows, self.name, self.owner = report, registers, rows, name, owner
        self.reason = report.one("reason")
        self.maps = sorted((row for row in report.all("map") if isinstance(row.get("start"), int) and isinstance(row.get("end"), int)),
                           key=lambda row: row["start"])
        self.rip = registers.get("rip")
        self.instruction = next((text for address, _, text in rows if address == self.rip), "")

    def get(self, name):
        return self.reason.get(name)

    @property
    def jumped(self):
        """The instruction itself could not be fetched."""
        return self.get("access") == "execute" or (self.get("vector") == VECTOR_PAGE and self.get("address") == self.rip)

    @property
    def return_address(self):
        """The word on top of the stack, None or 0 where it could not be read."""
        words = next((fact.get("words") for fact in self.report.all("stack") if fact.get("words")), "")
        return int(words.split(",")[0], 16) if re.match(r"(0x)?[0-9a-f]+(,|$)", words) else None

    @property
    def caller(self):
        return self.name(self.return_address) if self.return_address else None

    def map_of(self, address):
        return next((row for row in self.maps if row["start"] <= address < row["end"]), None)


def installed(fact):
    """Who installed a disposition, as words."""
    if fact.get("pid") is None:
        return "it is not known who installed it"
    call = "rt_sigaction, answered by the kernel," if fact.get("call") == "routed" else fact.get("call") or "a call"
    when = f" at {fact['time']:.6f} s" if isinstance(fact.get("time"), float) else ""
    return f"installed by pid {fact['pid']}{fact.get('kin', '')} with {call}{when}"


def _place_words(fact):
    inside = fact.get("in")
    return f"lies in {inside} ({fact.get('rights')})" if inside else "nothing is mapped there"


def foreign_handler(death):
    """It runs, or was about to run, a handler that is no code of its image."""
    handler = death.report.one("handler")
    belongs = handler.get("belongs")
    if belongs in (None, "yes") or handler.get("handler") is None:
        return None
    known = [fact for fact in death.report.all("disposition") if fact.get("signal") == handler.get("signal")]
    what = {"unmapped": "no mapped code of this image", "data": "no code of this image but its data",
            "image": "another image than this one"}.get(belongs, "no code of this image")
    own = death.report.one("process").get("pid")
    fact = dict(known[0]) if known else {}
    if fact.get("pid") is not None:
        fact["kin"] = "" if fact["pid"] == own else " (the parent)" if fact["pid"] == death.report.one("parent").get("pid") else \
            " (a child)" if fact["pid"] > own else " (another process)"
    return "foreign-handler", [f"The handler {hexadecimal(handler['handler'])} of {handler.get('signame')} belongs to {what}: "
                               f"{_place_words(handler)}.", f"It was {installed(fact)}." if known else "No disposition in the report names it."]


def null_call(death):
    if not death.jumped or death.rip is None or death.rip >= NULL_PAGE:
        return None
    return "null-call", [f"It called a null function pointer (jumped to {hexadecimal(death.rip)})"
                         + (f"; the return address on the stack is in {death.caller}." if death.caller else ".")]


def execute_data(death):
    if not death.jumped or not death.get("in"):
        return None
    return "execute-data", [f"It jumped to {hexadecimal(death.rip)}, which is data: {death.get('in')} is mapped {death.get('rights')}, "
                            "without the right to execute."]


def unmapped_jump(death):
    if not death.jumped:
        return None
    return "unmapped-jump", [f"It jumped to {hexadecimal(death.rip)}, where nothing is mapped"
                             + (f"; the return address on the stack is in {death.caller}." if death.caller else ".")]


def stack_overflow(death):
    address, rsp = death.get("address"), death.registers.get("rsp")
    if death.get("vector") != VECTOR_PAGE or address is None or rsp is None or death.get("access") == "read":
        return None
    stack = next((row for row in death.maps if row["start"] > address), None)
    inside = death.map_of(address)
    if abs(address - rsp) > STACK_REACH or not stack or inside and str(inside.get("rights")).startswith("rw"):
        return None
    if stack["start"] - address > STACK_REACH or not str(stack.get("rights")).startswith("rw"):
        return None
    return "stack-overflow", [f"Its stack overflowed: {hexadecimal(address)} lies {stack['start'] - address} bytes below "
                              f"{stack.get('path') or 'the stack'}, which begins at {hexadecimal(stack['start'])}; rsp is {hexadecimal(rsp)}."]


def null_dereference(death):
    address = death.get("address")
    if death.get("vector") != VECTOR_PAGE or address is None or address >= NULL_PAGE:
        return None
    verb = "wrote through" if death.get("access") == "write" else "read through"
    return "null-dereference", [f"It {verb} a null pointer, at {hexadecimal(address)}{_by(death)}"]


def middle_of_instruction(death):
    """rip is where no instruction of its function begins."""
    owner = death.owner(death.rip) if death.rip is not None else None
    if not owner:
        return None
    name, offset, instruction = owner
    return "mid-instruction", [f"It jumped into the middle of an instruction: {hexadecimal(death.rip)} is byte {offset} of `{instruction}` "
                               f"in {name}, so what ran is no code that anybody wrote."]


def divide(death):
    if death.get("vector") != VECTOR_DIVIDE:
        return None
    return "divide-by-zero", [f"An integer was divided by zero, or its quotient was too large{_by(death)}"]


def _by(death):
    return f": `{death.instruction}`." if death.instruction else "."


def _operand(death):
    """The address of an instruction's memory operand, from its text and the registers; None when it cannot be told."""
    match = OPERAND.search(death.instruction)
    total = 0
    for sign, term in re.findall(r"([+-]?)([^+-]+)", match.group(1)) if match else [("", "?")]:
        register, _, factor = term.partition("*")
        try:
            amount = death.registers[register] if register in death.registers else int(register, 0)
            total += (-1 if sign == "-" else 1) * amount * int(factor or 1)
        except ValueError:
            return None
    return total & (1 << 64) - 1


def misaligned(death):
    if death.get("vector") not in (VECTOR_PROTECTION, VECTOR_ALIGNMENT) or not ALIGNED.match(death.instruction):
        return None
    address = _operand(death)
    if address is None or address % 16 == 0:
        return None
    return "misaligned-sse", [f"`{death.instruction}` needs an address that is a multiple of 16; {hexadecimal(address)} is none."]


def non_canonical(death):
    if death.get("vector") != VECTOR_PROTECTION:
        return None
    address = _operand(death)
    if address is not None and address >= CANONICAL:
        return "bad-pointer", [f"It used {hexadecimal(address)}, which is no address of a program{_by(death)}"]
    return "protection", [f"The CPU refused an instruction that programs may not use, or a bad address{_by(death)}"]


def opcode(death):
    if death.get("vector") != VECTOR_OPCODE:
        return None
    deliberate = death.instruction.startswith("ud")
    return "invalid-instruction", ["It ran into an instruction that says that this place is never reached (ud2)." if deliberate
                                   else f"The CPU knows no such instruction{_by(death)}"]


def page_rights(death):
    if death.get("vector") != VECTOR_PAGE or death.get("address") is None:
        return None
    verb, address = {"write": "wrote to", "execute": "ran"}.get(death.get("access"), "read"), hexadecimal(death.get("address"))
    cause = death.get("cause")
    if cause == "rights":
        return "access-rights", [f"It {verb} {address} in {death.get('in')}, which is mapped {death.get('rights')}{_by(death)}"]
    if cause == "end":
        return "beyond-file", [f"It {verb} {address} in {death.get('in')}, beyond the end of the file{_by(death)}"]
    if cause in ("pager", "memory"):
        what = "its file could not be read" if cause == "pager" else "there is no memory left"
        return f"no-{cause}", [f"It {verb} {address} in {death.get('in')}, but {what}."]
    return "bad-pointer", [f"It {verb} {address}, where nothing is mapped{_by(death)}"]


def aborted(death):
    if death.get("signame") != "SIGABRT" or death.get("vector") is not None:
        return None
    own = death.get("sender") in (None, death.report.one("process").get("pid"))
    said = next((re.search(r'writev?\(2, .*?"(.*?)"', fact.get("text") or "") for fact in reversed(death.report.all("call"))
                 if re.match(r"writev?\(2,", fact.get("text") or "")), None)
    words = f" It wrote before: \"{said.group(1)}\"." if said else ""
    return "abort", [("It called abort()." if own else f"Pid {death.get('sender')} sent SIGABRT.") + words]


def sent(death):
    if death.get("vector") is not None or death.get("sender") is None:
        return None
    own = death.report.one("process").get("pid")
    who = "It sent itself" if death.get("sender") == own else f"Pid {death.get('sender')} sent"
    return "signal-sent", [f"{who} {death.get('signame')}."]


def panicked(death):
    text = str(death.get("text") or "")
    if death.report.kind != "kernel" or death.get("vector") is not None or not text:
        return None
    if text.startswith("assertion "):
        return "assertion", [f"A check of the kernel's own failed: {text}."]
    return "panic", [f"It gave up: {text}."]


def unexplained(death):
    vector = death.get("vector")
    name = death.get("signame") or "An unknown end"
    return ("signal", [f"{name}."]) if vector is None else ("exception", [f"{name} by exception {vector}{_by(death)}"])


RULES = (foreign_handler, null_call, stack_overflow, execute_data, unmapped_jump, middle_of_instruction, aborted, divide,
         null_dereference, misaligned, non_canonical, opcode, page_rights, sent, panicked, unexplained)


def explain(death):
    """(class, sentences)."""
    return next(found for rule in RULES if (found := rule(death)))
