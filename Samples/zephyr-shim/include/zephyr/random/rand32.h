/* The name that <zephyr/random/random.h> had to Zephyr 3.4. */
#include <zephyr/random/random.h>
