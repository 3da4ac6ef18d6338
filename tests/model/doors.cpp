#include "model/doors.hpp"

namespace gatehouse::model {

std::string door_name(int door) {
    return door == kGate ? "gate" : "door " + std::to_string(door);
}

std::unique_ptr<Doors> make_doors(Vendor vendor, const std::string& business, const Clock& clock) {
    switch (vendor) {
        case Vendor::kKisi:
            break;
        case Vendor::kNuki:
            return make_nuki_doors(business, clock);
        case Vendor::kUnloc:
            return make_unloc_doors(clock);
    }
    return make_kisi_doors(business, clock);
}

}  // namespace gatehouse::model
