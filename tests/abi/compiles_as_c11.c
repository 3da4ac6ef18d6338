/* abi.h by itself, as C11: a plugin need not be C++. */
#include "gatehouse/abi.h"

_Static_assert(sizeof(gatehouse_str) == 16, "a text is a pointer and a size");

int gatehouse_has_works(void);
int gatehouse_has_works(void) {
    gatehouse_failure failure = {0};
    failure.struct_size = sizeof(uint32_t) + sizeof(int32_t);
    return GATEHOUSE_HAS(&failure, gatehouse_failure, kind) &&
           !GATEHOUSE_HAS(&failure, gatehouse_failure, message);
}
