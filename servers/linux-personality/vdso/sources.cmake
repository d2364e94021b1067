# SPDX-License-Identifier: MIT
#
# The personality's side, and the image that it holds: target vdso_image makes VDSO_IMAGE, which unit tests load as well.
set(vdso_SOURCES vdso.c)

set(VDSO_IMAGE ${CMAKE_CURRENT_BINARY_DIR}/linux-vdso.so)
set(VDSO_FLAGS
    -std=gnu17 -O2 -ffreestanding -fno-builtin -fPIC -mgeneral-regs-only -fno-stack-protector -fcf-protection=none
    -fomit-frame-pointer -fasynchronous-unwind-tables
    -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes -Wconversion -Werror)
set(VDSO_LINK
    -shared -nostdlib -Wl,-soname=linux-vdso.so.1 -Wl,--hash-style=both -Wl,--build-id=none -Wl,--eh-frame-hdr
    -Wl,-Bsymbolic -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,--fatal-warnings -Wl,-s)
add_custom_command(
    OUTPUT ${VDSO_IMAGE}
    COMMAND ${CMAKE_C_COMPILER} ${VDSO_FLAGS} -I${CMAKE_CURRENT_SOURCE_DIR} -I${CMAKE_SOURCE_DIR}/microkernel
            -MD -MF ${VDSO_IMAGE}.d -MT ${VDSO_IMAGE} -c -o ${VDSO_IMAGE}.o ${CMAKE_CURRENT_SOURCE_DIR}/vdso/image.c
    COMMAND ${CMAKE_C_COMPILER} ${VDSO_LINK} -Wl,-T,${CMAKE_CURRENT_SOURCE_DIR}/vdso/image.ld -o ${VDSO_IMAGE}
            ${VDSO_IMAGE}.o
    DEPENDS vdso/image.c vdso/image.ld
    DEPFILE ${VDSO_IMAGE}.d
    VERBATIM)
add_custom_target(vdso_image ALL DEPENDS ${VDSO_IMAGE})
set_target_properties(vdso_image PROPERTIES LICHEN_FILE ${VDSO_IMAGE})
set_source_files_properties(vdso/vdso.c PROPERTIES OBJECT_DEPENDS ${VDSO_IMAGE}
                            COMPILE_DEFINITIONS VDSO_IMAGE="${VDSO_IMAGE}")
