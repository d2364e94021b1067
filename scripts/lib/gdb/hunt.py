# SPDX-License-Identifier: MIT
"""A hunt without a person: runs inside gdb, arms the stops of each step of the plan, and writes every hit as a line of JSON.

gdb -x start.gdb begins it with the configuration that scripts/lib/investigate.py wrote: files, steps, time-out, where hits go. The
last line written is {"end": why or null}; a reader that does not find it knows that the hunt was cut off.
"""
import contextlib
import faulthandler
import json
import threading
import time
import traceback

import gdb

import collect
import lichen_commands
import stops
import symbols
from elf import Elf
from machine import Context, Machine
from memory import Program, Unreadable, quietly
from tree import Failure


class Ended(Exception):
    """The hunt cannot go on: why."""


class Gone(Exception):
    """The machine ended."""


class Hunt:
    def __init__(self, config):
        self.config = config
        self.machine = Machine(config["kernel"], config["servers"], config["messages"])
        self.elves, self.points, self.pending = {}, {}, []
        self.deadline, self.expired, self.stepping, self.failure = None, False, False, None
        self.output = open(config["hits"], "a", encoding="utf-8")
        self.armed, self.step, self.count, self.step_hits = [], {}, 0, 0

    # What the stops use

    def elf(self, guest_path):
        host = self.config["files"].get(guest_path)
        if not host:
            raise stops.Refused(f"{guest_path}: no such file in the root file system used")
        return self.file_elf(host)

    def file_elf(self, path):
        if path not in self.elves:
            self.elves[path] = Elf(path)
        return self.elves[path]

    def evaluate(self, expression, path):
        """(address, bytes) of what a gdb expression names, in the address space that is loaded; `path`: whose names it uses."""
        value = gdb.parse_and_eval(symbols.with_statics(expression, self.file_elf(path)))
        if value.address is None:
            raise gdb.error(f"{expression} is a value, not a place in memory")
        return int(value.address), value.type.sizeof

    def point(self, address, stop):
        if address not in self.points:
            self.points[address] = stops.Point(self, address)
        if stop not in self.points[address].stops:
            self.points[address].stops.append(stop)

    def drop(self, stop):
        for address, point in list(self.points.items()):
            if stop in point.stops:
                point.stops.remove(stop)
            if not point.stops:
                point.delete()
                del self.points[address]

    def points_of(self, where, program, symbol, stop):
        places = program.places(symbol)
        if not places:
            raise stops.Refused(f"{where}: no symbol {symbol}")
        for address in places:
            self.point(address, stop)

    def tell_maps(self, waiting, process):
        """What a process has mapped, to the stops that want to know."""
        aspace = self.machine.process_space(process)
        for path, start, offset in list(self.machine.files_mapped(process, aspace)) if waiting else ():
            for stop in waiting:
                stop.mapped(path, start, offset, aspace)

    # Called by gdb while it decides whether to stop: nothing may be changed here

    def _decide(self, decide):
        if self.stepping:
            return False
        self.machine.forget()
        try:
            return decide(Context(self.machine))
        except Unreadable:
            return False
        except Exception as error:  # noqa: BLE001  gdb would only print it
            self.failure = self.failure or f"{type(error).__name__}: {error}"
            return True

    def reached(self, wanted):
        def decide(context):
            found = [stop for stop in wanted if stop.matches(context)]
            self.pending += [(stop, context) for stop in found]
            return bool(found)
        return self._decide(decide)

    def written(self, alias):
        def decide(context):
            watch = alias.watch
            if watch.is_own(alias, context) and watch.value() != watch.last:
                watch.written = alias
                self.pending.append((watch, context))
            return True  # gdb's idea of the value may be another space's: set anew
        return self._decide(decide)

    # The run

    def resume(self):
        """Let the guest run to the next stop; Ended or Gone when there will be none."""
        if self.expired:
            raise Ended(f"time-out after {self.config['timeout']:g} s")
        self.pending = []
        symbols.hide()
        for stop in self.armed:
            if isinstance(stop, stops.Watch) and stop.space:
                stop.refresh()
        try:
            quietly("continue")
        except gdb.error:  # QEMU closed the connection
            raise Gone from None
        self.machine.forget()
        if self.failure:
            raise Ended(self.failure)
        if not gdb.selected_inferior().pid:
            raise Gone

    def _expire(self):
        def stop():
            try:
                gdb.execute("interrupt")
            except gdb.error:
                pass  # it does not run at the moment, or is gone
        self.expired = True
        gdb.post_event(stop)

    def start(self):
        quietly(f"target remote {self.config['stub']}")
        timer = threading.Timer(self.config["timeout"], self._expire)
        timer.daemon = True
        timer.start()
        quietly("thbreak kernel_main")
        self.resume()
        self.machine.prepare()
        self.find_places()
        lichen_commands.define(self.machine)

    def find_places(self):
        """All that any step will ask for: loading a program later would disturb the breakpoints that are set by then."""
        kernel = [argument for step in self.config["steps"] for _, argument in step["break-kernel"]]
        for function in (stops.MAP, stops.EXEC, stops.ENTER, *kernel):
            self.machine.kernel.program.places(function)
        for step in self.config["steps"]:
            for _, argument in step["break-server"]:
                server, _, symbol = argument.partition(":")
                Program.of(self.machine.servers[server]).places(symbol)

    def run(self):
        self.start()
        for number, step in enumerate(self.config["steps"], 1):
            self.step, self.step_hits = {**step, "number": number}, 0
            self.begin()
            try:
                while self.step_hits < step["max-hits"]:
                    self.resume()
                    self.handle_pending()
            finally:
                missing = [why for why in (stop.missing() for stop in self.armed) if why]
                if missing and not self.step_hits:
                    self.output.write(json.dumps({"missing": missing}) + "\n")
            for stop in self.armed:
                stop.disarm()

    def unfinished(self):
        """The machine ended: what is missing, or None. In the last step fewer hits than wanted are enough."""
        number, last = self.step.get("number", 0), len(self.config["steps"])
        if number == last and self.step_hits:
            return None
        return "the machine ended" + (f" in step {number} of {last}" if last > 1 else "")

    def begin(self):
        step = self.step
        self.armed = []
        for kind, make in stops.KINDS.items():
            for given, argument in step[kind]:
                self.armed.append(make(self, argument, step["process"]))
                self.armed[-1].given = given
        for stop in self.armed:
            stop.arm()
        self.expect([stops.MAP] * any(stop.needs_maps for stop in self.armed) +
                    [stops.EXEC] * any(stop.needs_maps or stop.needs_exec for stop in self.armed))

    def expect(self, calls):
        self.armed += [stops.Change(self, call, None) for call in calls]
        for stop in self.armed[len(self.armed) - len(calls):]:
            stop.arm()

    def entered(self, context, started):
        """A guest goes on with other memory than before, or starts a program."""
        process = context.process
        for stop in self.armed if started else ():
            stop.forget_ended()
        concerned = [stop for stop in self.armed if process and (stop.process is None or stop.is_process(process))]
        self.tell_maps([stop for stop in concerned if stop.needs_maps], process)
        for stop in concerned:
            if stop.needs_exec and started and not stop.space:
                stop.arm()

    def handle_pending(self):
        """First all hits as they are seen from here, then what changes symbols or lets the guest run."""
        found = []
        for stop, context in self.pending:
            if isinstance(stop, (stops.Change, stops.Entry)):
                stop.happened(context)
            elif self.step_hits + len(found) < self.step["max-hits"]:
                found += [(stop, hit) for hit in self.hit(stop, context)]
        for stop, hit in [(stop, hit) for stop, hit in found if stop.is_there()]:
            self.count += 1
            self.step_hits += 1
            hit["index"] = self.count
            if self.step["step"]:
                hit["steps"] = self.trace(self.step["step"])
            self.output.write(json.dumps(hit) + "\n")
            self.output.flush()

    def hit(self, stop, context):
        """[the hit as data], [] when it does not count."""
        collect.load_symbols(context, self.guest_files)
        if self.step.get("when") and not self.holds(self.step["when"]):
            return []
        hit = {"index": None, "step": self.step["number"], "stop": stop.text, **stop.detail(context),
               **collect.hit(context, self.step["collect"])}
        if "write" in hit:
            hit["write"]["instruction"] = collect.instruction_before(context)
        for name, expression in self.step.get("set", {}).items():
            quietly(f"set ${name} = {expression}")
            hit.setdefault("set", {})[name] = str(gdb.parse_and_eval(f"${name}"))
        return [hit]

    def trace(self, count):
        self.stepping = True
        try:
            return collect.step_trace(self.machine, count, self.guest_files, self.after_step)
        finally:
            self.stepping = False

    def after_step(self):
        """(what was written by it, is time over)"""
        changed = [stop for stop in self.armed if isinstance(stop, stops.Watch) and stop.space and stop.value() != stop.last]
        for stop in changed:
            stop.last = stop.value()
        return [stop.text for stop in changed], self.expired

    def holds(self, condition):
        try:
            return bool(gdb.parse_and_eval(condition))
        except gdb.error as error:
            raise Ended(f"--when {condition}: {error}") from None

    def guest_files(self, context):
        """(host file, bias) of the files that the stopped guest has mapped."""
        found = {}
        for path, start, offset in self.machine.files_mapped(context.process, context.thread.guest_space):
            host = self.config["files"].get(path)
            try:
                bias = self.elf(path).bias(start, offset) if host and host not in found else None
            except Failure:
                continue
            if bias is not None:
                found[host] = bias
        return sorted(found.items())

    def finish(self, why):
        self.output.write(json.dumps({"end": why, "time": time.time()}) + "\n")
        self.output.close()


def main(path):
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    faulthandler.enable(2)
    symbols.start(config["kernel"])
    hunt = Hunt(config)
    try:
        hunt.run()
        why = None
    except Gone:
        why = hunt.unfinished()
    except (Ended, stops.Refused, Failure, gdb.error, Unreadable) as error:
        if not isinstance(error, (Ended, stops.Refused)):
            traceback.print_exc()
        why = str(error)
    hunt.finish(why)
    with contextlib.suppress(gdb.error):
        quietly("kill")
