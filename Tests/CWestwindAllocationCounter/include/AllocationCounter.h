// Counts the allocations of the calling thread.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

// How many blocks of memory this thread has asked for since it began.
long allocation_count(void);

#endif
