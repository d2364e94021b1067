# SPDX-License-Identifier: MIT
#
# lichen_unit_test(FOLDER NAME SOURCES...): a host test with sanitizers, registered as unit.FOLDER.NAME. The folder's
# CMakeLists.txt sets UNIT_INCLUDES for directories beside servers/ and microkernel/.
function(lichen_unit_test FOLDER NAME)
    set(target ${FOLDER}_${NAME}_test)
    add_executable(${target} ${ARGN})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/servers ${CMAKE_SOURCE_DIR}/microkernel ${UNIT_INCLUDES})
    target_compile_options(${target} PRIVATE -g -O1 -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wconversion -Werror
                           -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
    target_link_libraries(${target} PRIVATE cmocka)
    add_test(NAME unit.${FOLDER}.${NAME} COMMAND ${target})
    set_tests_properties(unit.${FOLDER}.${NAME} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()
