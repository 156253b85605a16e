/* Which version of the library this is: the one that the program was compiled for, and the one that it runs with. */
#ifndef WESTWIND_VERSION_H
#define WESTWIND_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define WESTWIND_VERSION_MAJOR 0
#define WESTWIND_VERSION_MINOR 1
#define WESTWIND_VERSION_PATCH 0

/* As text. */
#define WESTWIND_VERSION "0.1.0"

/* As one number to compare: #if WESTWIND_VERSION_NUMBER >= WESTWIND_VERSION_OF(0, 2, 0) */
#define WESTWIND_VERSION_OF(major, minor, patch) ((major) * 1000000 + (minor) * 1000 + (patch))
#define WESTWIND_VERSION_NUMBER \
  WESTWIND_VERSION_OF(WESTWIND_VERSION_MAJOR, WESTWIND_VERSION_MINOR, WESTWIND_VERSION_PATCH)

/* Returns the version of the library that is running, as WESTWIND_VERSION is written. The text stays valid. */
const char *westwind_version(void);

/* Returns the same as WESTWIND_VERSION_NUMBER is. */
int westwind_version_number(void);

#ifdef __cplusplus
}
#endif

#endif
