# SPDX-License-Identifier: MIT
#
# How native programs are built: static, non-PIE, at 4 MiB, against the rebuilt libc and servers/runtime.
#
#   lichen_interface(NAME)             servers/protocol/NAME.lua -> library protocol_NAME, headers on everyone's path
#   lichen_server(NAME SOURCES...)     program NAME, installed as /lichen/servers/NAME
#   lichen_driver(NAME SOURCES...)     program NAME, installed as /lichen/drivers/NAME
#   lichen_native_library(NAME SOURCES...)   objects for native programs, no FPU
#   lichen_uses(NAME LIBRARIES...)     links further native libraries, e.g. protocol_vfs
#
# No FPU registers in native code, except where a target asks for them with lichen_allow_fpu(NAME).

set(LICHEN_ROOT ${CMAKE_BINARY_DIR}/root-lichen/lichen)
set(LICHEN_SYSROOT ${CMAKE_BINARY_DIR}/native/sysroot)
set(LICHEN_PROTOCOL_OUTPUT ${CMAKE_BINARY_DIR}/protocol)
set(LICHEN_SOURCES ${CMAKE_BINARY_DIR}/sources CACHE PATH "where third-party sources are unpacked")
set(LICHEN_SERVERS_SOURCE ${CMAKE_CURRENT_LIST_DIR})
file(MAKE_DIRECTORY ${LICHEN_PROTOCOL_OUTPUT} ${LICHEN_SYSROOT}/include)

find_program(LICHEN_LUA lua5.4 REQUIRED)
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE LICHEN_COMPILER_INCLUDE
                OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-libgcc-file-name OUTPUT_VARIABLE LICHEN_COMPILER_LIBRARY
                OUTPUT_STRIP_TRAILING_WHITESPACE)

set(LICHEN_NATIVE_FLAGS
    -O2 -g -fno-pic -fno-pie -fno-stack-protector -fno-common -fcf-protection=none -fno-asynchronous-unwind-tables
    -fno-omit-frame-pointer -ffunction-sections -fdata-sections -fno-strict-aliasing
    -nostdinc "SHELL:-isystem ${LICHEN_SYSROOT}/include" "SHELL:-isystem ${LICHEN_COMPILER_INCLUDE}")
set(LICHEN_NATIVE_WARNINGS -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes -Wconversion -Werror)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # Struct copies as moves or calls of memcpy, never as string instructions (slow when emulated).
    list(APPEND LICHEN_NATIVE_FLAGS -mmemcpy-strategy=unrolled_loop:256:noalign,libcall:-1:noalign
         -mmemset-strategy=unrolled_loop:256:noalign,libcall:-1:noalign)
endif()
set(LICHEN_LINK_FLAGS
    -nostdlib -static -no-pie -Wl,-Ttext-segment=0x400000 -Wl,--gc-sections -Wl,--build-id=sha1
    -Wl,-z,max-page-size=4096 -Wl,-z,separate-code -Wl,-z,noexecstack -Wl,-z,norelro)

# A pinned third-party source, unpacked once.
function(lichen_source NAME)
    add_custom_command(
        OUTPUT ${LICHEN_SOURCES}/${NAME}.stamp
        COMMAND ${CMAKE_SOURCE_DIR}/scripts/fetch-source ${NAME} ${LICHEN_SOURCES}/${NAME}
        COMMAND ${CMAKE_COMMAND} -E touch ${LICHEN_SOURCES}/${NAME}.stamp
        DEPENDS ${CMAKE_SOURCE_DIR}/scripts/sources.lock
        COMMENT "Source of ${NAME}"
        VERBATIM)
    add_custom_target(source_${NAME} DEPENDS ${LICHEN_SOURCES}/${NAME}.stamp)
endfunction()

function(lichen_native_flags NAME)
    target_compile_options(${NAME} PRIVATE ${LICHEN_NATIVE_FLAGS} $<$<COMPILE_LANGUAGE:C>:${LICHEN_NATIVE_WARNINGS}>)
    target_include_directories(${NAME} PRIVATE ${LICHEN_SERVERS_SOURCE} ${CMAKE_SOURCE_DIR}/microkernel
                               ${LICHEN_PROTOCOL_OUTPUT})
    target_compile_options(${NAME} PRIVATE $<$<NOT:$<BOOL:$<TARGET_PROPERTY:LICHEN_FPU>>>:-mgeneral-regs-only>)
    add_dependencies(${NAME} native_libc)
    if(TARGET protocol_sources AND NOT ${NAME} STREQUAL protocol_sources)
        add_dependencies(${NAME} protocol_sources)
    endif()
endfunction()

function(lichen_allow_fpu NAME)
    set_target_properties(${NAME} PROPERTIES LICHEN_FPU ON)
endfunction()

function(lichen_native_library NAME)
    add_library(${NAME} STATIC EXCLUDE_FROM_ALL ${ARGN})
    lichen_native_flags(${NAME})
endfunction()

function(lichen_interface NAME)
    set(stem ${LICHEN_PROTOCOL_OUTPUT}/${NAME})
    set(generated ${stem}_protocol.h ${stem}_codec.c ${stem}_client.c ${stem}_server.c ${stem}_trace.c
        ${stem}_messages.json ${stem}.md)
    file(GLOB generator ${LICHEN_SERVERS_SOURCE}/protocol/write_*.lua)
    add_custom_command(
        OUTPUT ${LICHEN_PROTOCOL_OUTPUT}/${NAME}.stamp
        BYPRODUCTS ${generated}
        COMMAND ${LICHEN_LUA} ${LICHEN_SERVERS_SOURCE}/protocol/generate.lua ${LICHEN_SERVERS_SOURCE}/protocol/${NAME}.lua
                ${LICHEN_PROTOCOL_OUTPUT}
        COMMAND ${CMAKE_COMMAND} -E touch ${LICHEN_PROTOCOL_OUTPUT}/${NAME}.stamp
        DEPENDS ${LICHEN_SERVERS_SOURCE}/protocol/${NAME}.lua ${LICHEN_SERVERS_SOURCE}/protocol/generate.lua
                ${LICHEN_SERVERS_SOURCE}/protocol/model.lua ${LICHEN_SERVERS_SOURCE}/protocol/text.lua ${generator}
        COMMENT "Protocol ${NAME}"
        VERBATIM)
    add_custom_target(protocol_source_${NAME} DEPENDS ${LICHEN_PROTOCOL_OUTPUT}/${NAME}.stamp)
    add_dependencies(protocol_sources protocol_source_${NAME})
    lichen_native_library(protocol_${NAME} ${stem}_codec.c ${stem}_client.c ${stem}_server.c ${stem}_trace.c)
endfunction()

function(lichen_uses NAME)
    target_link_libraries(${NAME} PRIVATE -Wl,--start-group ${ARGN} native_runtime ${LICHEN_SYSROOT}/lib/libc.a
                          ${LICHEN_COMPILER_LIBRARY} -Wl,--end-group)
endfunction()

# The program keeps its symbols in the build; a stripped copy goes into the archive.
function(lichen_program NAME FOLDER)
    add_executable(${NAME} ${ARGN})
    lichen_native_flags(${NAME})
    target_link_options(${NAME} PRIVATE ${LICHEN_LINK_FLAGS} ${LICHEN_SYSROOT}/lib/crt1.o)
    target_link_libraries(${NAME} PRIVATE -Wl,--start-group native_runtime ${LICHEN_SYSROOT}/lib/libc.a
                          ${LICHEN_COMPILER_LIBRARY} -Wl,--end-group)
    set_target_properties(${NAME} PROPERTIES LINK_DEPENDS ${LICHEN_SYSROOT}/lib/libc.a)
    add_custom_command(
        TARGET ${NAME} POST_BUILD
        COMMAND ${LICHEN_SERVERS_SOURCE}/runtime/refuse-fpu $<TARGET_FILE:${NAME}>
                $<BOOL:$<TARGET_PROPERTY:${NAME},LICHEN_FPU>>
        VERBATIM)
    if(NOT FOLDER STREQUAL "")
        add_custom_command(
            TARGET ${NAME} POST_BUILD
            COMMAND ${CMAKE_COMMAND} -E make_directory ${LICHEN_ROOT}/${FOLDER}
            COMMAND ${CMAKE_STRIP} -o ${LICHEN_ROOT}/${FOLDER}/${NAME} $<TARGET_FILE:${NAME}>
            VERBATIM)
    endif()
endfunction()

function(lichen_server NAME)
    lichen_program(${NAME} servers ${ARGN})
endfunction()

function(lichen_driver NAME)
    lichen_program(${NAME} drivers ${ARGN})
endfunction()

# A program with a known bug, for tests of what reports about it: test/plants/FILE.c is linked in place of a file of its own. Built by
# the target `plants` only.
if(NOT TARGET plants)
    add_custom_target(plants)
endif()
function(lichen_plant FILE)
    lichen_program(plant_${FILE} "" ${ARGN} ${CMAKE_SOURCE_DIR}/test/plants/${FILE}.c)
    set_target_properties(plant_${FILE} PROPERTIES EXCLUDE_FROM_ALL ON OUTPUT_NAME ${FILE}
                          RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plants)
    add_dependencies(plants plant_${FILE})
endfunction()

# A policy script: /lichen/policy/<file name>.
function(lichen_policy FILE)
    get_filename_component(name ${FILE} NAME)
    add_custom_command(
        OUTPUT ${LICHEN_ROOT}/policy/${name}
        COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/${FILE} ${LICHEN_ROOT}/policy/${name}
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${FILE}
        VERBATIM)
    add_custom_target(policy_${name} ALL DEPENDS ${LICHEN_ROOT}/policy/${name})
endfunction()

# A server optimised as one program: what lies on the path of a request is inlined into few functions, since each return is a
# lookup where code is emulated; and the functions that ORDER (a linker script beside its sources) lists lie together.
function(lichen_whole_program NAME ORDER)
    set(order ${CMAKE_CURRENT_SOURCE_DIR}/${ORDER})
    set(lto $<IF:$<C_COMPILER_ID:GNU>,-flto=auto,-flto>)
    target_compile_options(${NAME} PRIVATE ${lto})
    # The linker runs the compiler: without these flags every function would land in one .text, out of order.
    target_link_options(${NAME} PRIVATE ${lto} ${LICHEN_NATIVE_FLAGS} -mgeneral-regs-only -Wl,-T,${order})
    set_property(TARGET ${NAME} APPEND PROPERTY LINK_DEPENDS ${order})
endfunction()
