# SPDX-License-Identifier: MIT
"""From the kernel's events to a trace model (microkernel/abi/events.h says what their words are).

A Linux thread is a thread of the personality with a guest: its calls and faults are slices of its own track, what the personality
does for it, and the messages that it sends, are slices of the thread's track in the personality; what a server does for a message is
a slice in that server. Arrows lead from each to the next where the causal id is the same.

What began before the first event kept is shown from where it is first seen on. Nothing here trusts that events match: an end
without its beginning is left out, a beginning without its end lasts until the thread is seen doing something else.
"""
import trace_model
import trace_names

CPUS, SERVERS = 1 << 22, 1 << 23      # numbers of groups, above every pid
RANK_CPUS, RANK_MEMORY, RANK_SERVERS, RANK_GUESTS = 0, 1, 10, 1000
EXITS = {1: "call", 2: "fault", 3: "debug", 4: "kick", 5: "interrupted", 6: "start"}
EXIT_CALL, EXIT_FAULT = 1, 2
PENDING = -15 & 0xFFFF  # the status of a fault that waits for its page
FAULT_ENDS = {0: "resolved", PENDING: "waits for the page"}
CALL_SIGRETURN = 15
EXECS = (59, 322)
FORKS = (56, 57, 58, 435)
PERSONALITY = "linux-personality"


class Thread:
    """A kernel thread: what is open on its tracks."""

    def __init__(self, number, program):
        self.number, self.program, self.pid, self.tid, self.comm = number, program, 0, 0, ""
        self.since = 0                    # last switched to, or free for the next message
        self.in_guest = False
        self.call = self.work = None      # slices: the guest's call, the personality's work for it
        self.call_number = None
        self.sent = None                  # the message that it waits for
        self.serving = None               # slice: the message that it works on
        self.fault = None                 # slice: a page that somebody else brings
        self.named = None                 # whom its next NAME is of
        self.handlers, self.due = [], []  # slices of signal handlers, and (signal, handler) that are to begin


class Process:
    """What is known of a Linux process: seconds are not, only nanoseconds, of its first and last event."""

    def __init__(self, pid, start):
        self.pid, self.start, self.end, self.names = pid, start, start, []  # names: (time, comm)


class Message:
    """A call under way: the caller's slice, and the server's from when it is first seen at work."""

    def __init__(self, caller, endpoint, name, cause, slice_):
        self.caller, self.endpoint, self.name, self.cause, self.slice = caller, endpoint, name, cause, slice_
        self.served = None


class Builder:
    def __init__(self, names):
        self.names, self.model = names, trace_model.Model()
        self.threads, self.running = {}, {}  # by number; by CPU: slices
        self.messages = []                   # under way, oldest first
        self.queued = {}                     # endpoint: messages under way
        self.parents, self.processes = {}, {}  # by pid: pid of the one that made it; Process
        self.spans, self.since = [], {}      # (program, whether in the guest, start, end, pid) of what ran; by CPU: since when
        self.faults, self.calls = [], []     # times
        self.cpus = self.model.group(CPUS, "CPUs", RANK_CPUS)

    def build(self, events):
        for event in events:
            handler = getattr(self, f"_on_{event.kind}", None)
            thread = self._thread(event.thread)
            self._seen_at_work(event, thread)
            if thread.pid:
                self.processes[thread.pid].end = event.time
            if handler:
                handler(event, thread)
        return self.model.finish()

    def _thread(self, number):
        if number not in self.threads:
            self.threads[number] = Thread(number, self.names.threads.get(number))
        return self.threads[number]

    def _seen_at_work(self, event, thread):
        """A thread that does something has its page, and works on the message whose causal id it has."""
        self.model.end(thread.fault, event.time)
        thread.fault = None
        if event.cause and not thread.serving and event.kind != "switch":
            of_cause = [message for message in self.messages if message.cause == event.cause]
            if of_cause and not of_cause[-1].served and all(message.caller is not thread for message in of_cause):
                self._serve(of_cause[-1], thread)

    # Tracks

    def _server_group(self, program):
        number = next((key for key, name in self.names.programs.items() if name == program), 0)
        return self.model.group(SERVERS + number, program, RANK_SERVERS + number)

    def _work_track(self, thread):
        """Where the native side of a thread is shown."""
        program = PERSONALITY if thread.pid else thread.program or "other programs"
        what = f"for {thread.comm or '?'} {thread.pid}/{thread.tid}" if thread.pid else f"thread {thread.number}"
        return self.model.track(self._server_group(program), thread.number, what)

    def _guest_track(self, thread):
        if not thread.pid:
            return None
        group = self.model.group(thread.pid, f"{thread.comm or '?'}", RANK_GUESTS + thread.pid)
        return self.model.track(group, thread.tid, f"{thread.comm or '?'}")

    def _own_track(self, thread):
        """Where something that is done to a thread is shown: on its guest's side unless the personality works."""
        return self._guest_track(thread) if thread.pid and not thread.work else self._work_track(thread)

    def _title(self, thread):
        return f"{thread.comm} {thread.tid}" if thread.pid else thread.program or f"thread {thread.number}"

    # Processors

    def _account(self, event, thread, in_guest):
        """What ran on a CPU since its last boundary."""
        since = self.since.get(event.cpu)
        if since is not None and thread.number and event.time > since:
            program = PERSONALITY if thread.pid else thread.program
            self.spans.append((program, in_guest, since, event.time, thread.pid))
        self.since[event.cpu] = event.time

    def _on_switch(self, event, thread):
        self._account(event, thread, thread.in_guest)
        self.model.end(self.running.pop(event.cpu, None), event.time)
        thread = self._thread(event.first & 0xFFFFFFFF)
        thread.program = self.names.programs.get(event.first >> 32, thread.program)
        thread.since = event.time
        if thread.number:
            track = self.model.track(self.cpus, event.cpu + 1, f"CPU {event.cpu}")
            self.running[event.cpu] = self.model.begin(track, event.time, self._title(thread), "run", thread=thread.number)

    def _on_interrupt(self, event, thread):
        track = self.model.track(self.cpus, event.cpu + 1, f"CPU {event.cpu}")
        self.model.mark(track, event.time, f"interrupt {event.first}", "interrupt")

    # The guest boundary

    def _on_guest_exit(self, event, thread):
        reason, number = event.first & 0xFFFFFFFF, event.first >> 32
        self._account(event, thread, True)
        thread.in_guest = False
        if reason == EXIT_CALL:
            self.calls.append(event.time)
        self._leave_call(thread, event.time)
        name = self.names.call(number) if reason == EXIT_CALL else EXITS.get(reason, f"exit {reason}")
        details = {"cause": event.cause, "rip": f"0x{event.second:x}"}
        thread.call_number = number if reason == EXIT_CALL else None
        if thread.pid:
            category = "call" if reason == EXIT_CALL else "exit"
            thread.call = self.model.begin(self._guest_track(thread), event.time, name, category, **details)
        thread.work = self.model.begin(self._work_track(thread), event.time, name, "personality", cause=event.cause)
        self.model.arrow(thread.call, thread.work, event.cause)

    def _leave_call(self, thread, time, **details):
        self.model.end(thread.work, time)
        self.model.end(thread.call, time, **details)
        thread.call = thread.work = None

    def _on_guest_enter(self, event, thread):
        self._account(event, thread, False)
        thread.in_guest, details = True, {}
        if thread.call_number is not None:
            details["result"] = trace_names.result_text(event.second)
            if thread.call_number in FORKS and 0 < event.second < 1 << 31 and thread.pid:
                self.parents.setdefault(event.second, thread.pid)
        ended = thread.call_number
        self._leave_call(thread, event.time, **details)
        if ended == CALL_SIGRETURN and thread.handlers:
            self.model.end(thread.handlers.pop(), event.time)
        thread.call_number = None
        track = self._guest_track(thread)
        for number, handler in thread.due if track else ():
            thread.handlers.append(self.model.begin(track, event.time, f"handler of {trace_names.signal_name(number)}", "signal",
                                                    handler=f"0x{handler:x}"))
        thread.due = []

    # Messages

    def _on_call(self, event, thread):
        number = event.second & 0xFFFF
        name = self.names.message(event.first, number)
        slice_ = self.model.begin(self._work_track(thread), event.time, name, "message", cause=event.cause,
                                  to=self.names.endpoint(event.first).server)
        thread.sent = Message(thread, event.first, name, event.cause, slice_)
        self.messages.append(thread.sent)
        self._count_queue(event.first, event.time, 1)

    def _serve(self, message, thread):
        thread.program = thread.program or self.names.endpoint(message.endpoint).server
        start = max(thread.since, message.slice.start)
        message.served = self.model.begin(self._work_track(thread), start, message.name, "serve", cause=message.cause)
        thread.serving = message.served
        self.model.arrow(message.slice, message.served, message.cause)

    def _on_reply(self, event, thread):
        caller = self._thread(event.first & 0xFFFFFFFF)
        message = caller.sent
        if message:
            if not message.served:
                self._serve(message, thread)
            self.messages.remove(message)
            caller.sent = None
            self.model.end(message.served, event.time)
            self.model.end(message.slice, event.time)
            self._count_queue(message.endpoint, event.time, -1)
        thread.serving, thread.since = None, event.time

    def _count_queue(self, endpoint, time, change):
        self.queued[endpoint] = self.queued.get(endpoint, 0) + change
        server = self.names.endpoint(endpoint).server
        self.model.count(self._server_group(server), f"messages at {server}", time, messages=self.queued[endpoint])

    # Faults

    def _on_thread(self, event, thread):
        made = self._thread(event.first & 0xFFFFFFFF)
        made.program = self.names.programs.get(event.second, made.program)

    def _on_page_fault(self, event, thread):
        self.faults.append(event.time)
        took, error, status = event.second >> 32, event.second >> 16 & 0xFFFF, event.second & 0xFFFF
        fault = self.model.begin(self._own_track(thread), event.time - took, "page fault", "fault", address=f"0x{event.first:x}",
                                 error=f"{error:#x}", result=FAULT_ENDS.get(status, f"refused with status -{0x10000 - status}"))
        if status == PENDING:
            thread.fault = fault
        else:
            self.model.end(fault, event.time)

    def _on_exception(self, event, thread):
        self.model.mark(self._own_track(thread), event.time, f"exception {event.first & 0xff}", "exception", rip=f"0x{event.second:x}")

    # Notes of servers

    def _on_task(self, event, thread):
        subject = self._thread(event.first & 0xFFFFFFFF)
        subject.pid, subject.tid = event.second >> 32, event.second & 0xFFFFFFFF
        subject.comm = subject.comm or thread.comm
        thread.named = subject
        process = self.processes.setdefault(subject.pid, Process(subject.pid, event.time))
        if subject.comm and not process.names:
            process.names.append((event.time, subject.comm))

    def _on_name(self, event, thread):
        thread = thread.named or thread
        thread.comm = trace_names.text_of(event.first, event.second)
        if thread.pid:
            track = self._guest_track(thread)
            if thread.pid == thread.tid:
                track.group.name = thread.comm
                self.processes[thread.pid].names.append((event.time, thread.comm))
            track.name = thread.comm
            self._work_track(thread).name = f"for {thread.comm} {thread.pid}/{thread.tid}"
            self.model.mark(track, event.time, f"named {thread.comm}", "name")

    def _on_memory(self, event, thread):
        self.model.count(self.cpus, "free memory", event.time, pages=event.first)

    def _on_argument(self, event, thread):
        """OpenRC's interpreter is called like the service that it runs."""
        if thread.pid in self.processes and thread.comm == "openrc-run":
            self.processes[thread.pid].names.append((event.time, trace_names.text_of(event.first, event.second)))

    def _on_signal(self, event, thread):
        number = event.first & 0xFFFFFFFF
        thread.due.append((number, event.second))
        self.model.mark(self._own_track(thread), event.time, trace_names.signal_name(number), "signal", handler=f"0x{event.second:x}")
