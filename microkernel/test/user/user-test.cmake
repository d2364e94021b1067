# SPDX-License-Identifier: MIT
#
# The user-mode tests: their program as a flat image, and the kernel linked again with it in the supervisor's place
# (lichen-kernel-user-test). It needs no archive; the result is QEMU's exit status, as for test=kernel.
set(USER_TEST ${CMAKE_CURRENT_SOURCE_DIR}/test/user)
set(USER_TEST_BUILD ${CMAKE_CURRENT_BINARY_DIR}/user-test)
file(MAKE_DIRECTORY ${USER_TEST_BUILD})
add_library(user_test_objects OBJECT
    test/user/start.S test/user/main.c test/user/domain_test.c test/user/guest_test.c
    test/user/trap_guests.S test/user/trap_test.c
    ${CMAKE_CURRENT_SOURCE_DIR}/../servers/runtime/kernel_stubs.S)
target_include_directories(user_test_objects PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${USER_TEST})
target_compile_options(user_test_objects PRIVATE
    -O2 -ffreestanding -fno-builtin -fno-pic -fno-pie -mgeneral-regs-only -fno-stack-protector -fcf-protection=none
    -fno-asynchronous-unwind-tables
    $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wshadow;-Wvla;-Wmissing-prototypes;-Wconversion;-Werror>)
add_custom_command(
    OUTPUT ${USER_TEST_BUILD}/user-test.flat
    COMMAND ${CMAKE_C_COMPILER} -nostdlib -static -Wl,--oformat=binary -Wl,--build-id=none -Wl,-T,${USER_TEST}/image.ld -o ${USER_TEST_BUILD}/user-test.flat
            $<TARGET_OBJECTS:user_test_objects>
    DEPENDS user_test_objects $<TARGET_OBJECTS:user_test_objects> ${USER_TEST}/image.ld
    COMMAND_EXPAND_LISTS
    VERBATIM)

lichen_kernel(lichen-kernel-user-test ${USER_TEST_BUILD}/user-test.flat user_test_objects kernel_objects)
