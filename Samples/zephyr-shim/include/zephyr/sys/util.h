/* Macros. */
#pragma once
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(array)[0])
#define ARG_UNUSED(name) (void)(name)
#define BIT(number) (1UL << (number))
#define BUILD_ASSERT(condition, ...) _Static_assert(condition, "" __VA_ARGS__)
#define CONTAINER_OF(pointer, type, field) ((type *)((char *)(pointer) - offsetof(type, field)))
#define __ASSERT(condition, ...) assert(condition)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
/* 1 for a CONFIG_ symbol that is defined as 1, 0 for one that is not defined. */
#define IS_ENABLED(symbol) SHIM_IS_ENABLED(symbol)
#define SHIM_IS_ENABLED(value) SHIM_PICK(SHIM_ONE_##value)
#define SHIM_PICK(one) SHIM_SECOND(one 1, 0, 0)
#define SHIM_ONE_1 0,
#define SHIM_SECOND(first, second, ...) second
