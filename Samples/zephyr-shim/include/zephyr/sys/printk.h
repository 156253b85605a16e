/* printk is printf. */
#pragma once
#include <stdio.h>
#define printk printf
#define snprintk snprintf
