/* Logging: to standard error, with the module's name. LOG_DBG says something if CONFIG_LOG_DEBUG is defined. */
#pragma once
#include <inttypes.h>
#include <zephyr/kernel.h>

#define LOG_LEVEL_ERR 1
#define LOG_LEVEL_WRN 2
#define LOG_LEVEL_INF 3
#define LOG_LEVEL_DBG 4
#define LOG_MODULE_REGISTER(name, ...) static const char *const shim_module __attribute__((unused)) = #name
#define LOG_MODULE_DECLARE LOG_MODULE_REGISTER
#define SHIM_LOG(level, format, ...) fprintf(stderr, "<" level "> %s: " format "\n", shim_module, ##__VA_ARGS__)
#define LOG_ERR(...) SHIM_LOG("err", __VA_ARGS__)
#define LOG_WRN(...) SHIM_LOG("wrn", __VA_ARGS__)
#define LOG_INF(...) SHIM_LOG("inf", __VA_ARGS__)
#ifdef CONFIG_LOG_DEBUG
#define LOG_DBG(...) SHIM_LOG("dbg", __VA_ARGS__)
#else
#define LOG_DBG(...) ((void)sizeof(fprintf(stderr, __VA_ARGS__)))
#endif
#define LOG_HEXDUMP_INF(bytes, length, title) SHIM_LOG("inf", "%s: %zu bytes at %p", title, (size_t)(length), (const void *)(bytes))
#define LOG_HEXDUMP_ERR LOG_HEXDUMP_INF
#define LOG_HEXDUMP_WRN LOG_HEXDUMP_INF
#define LOG_HEXDUMP_DBG(bytes, length, title) ((void)(bytes), (void)(length))
