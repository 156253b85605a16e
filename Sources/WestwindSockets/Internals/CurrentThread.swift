internal import Glibc

/// Which thread this is: the same number as long as the thread lives.
package func currentThread() -> UInt { UInt(pthread_self()) }
