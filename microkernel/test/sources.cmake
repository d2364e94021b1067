# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES test/test.c test/crash.c test/arch_test.c test/event_test.c test/device_test.c test/format_test.c
    test/fixture.c test/handle_test.c test/ipc_test.c test/thread_test.c test/exception_test.c
    test/memory_region_test.c test/memory_page_test.c test/memory_copy_test.c test/memory_pager_test.c
    test/memory_call_test.c test/memory_limit_test.c test/memory_work_test.c
    test/route_fixture.c test/descriptor_test.c test/file_route_test.c
    test/route_test.c test/route_memory_test.c test/route_wait_test.c
    test/stream_route_test.c test/counter_route_test.c)
