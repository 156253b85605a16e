/* There is no shell; what programs get by this header besides is here. */
#include <zephyr/kernel.h>
