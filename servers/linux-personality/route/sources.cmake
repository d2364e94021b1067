# SPDX-License-Identifier: MIT
set(route_SOURCES rows.c routes.c descriptors.c)
