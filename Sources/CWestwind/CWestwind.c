#include "westwind.h"  // the headers have to stand on their own
