# SPDX-License-Identifier: MIT
set(route_SOURCES interrupted.c rows.c wait_rows.c routes.c descriptors.c)
