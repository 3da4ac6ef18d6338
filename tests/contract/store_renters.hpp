// One renter's words in every table, and another's: the part of the contract that stands in
// store_contract_renters.cpp. An engine instantiates StoreRenters like StoreContract.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "contract/store_products.hpp"

namespace gatehouse::store {

inline constexpr const char* kEmail = "ann.lee@example.com";
inline constexpr const char* kPhone = "+4520123456";
inline constexpr const char* kName = "Ann Lee";

inline access::RentalRecord rental_of(const std::string& rental_id, const std::string& renter_id,
                                      UnixMs now_ms) {
    const bool is_ann = renter_id == "ann";
    access::RentalRecord record;
    record.business = "acme";
    record.rental_id = rental_id;
    record.renter_id = renter_id;
    record.desired_json = dump_json({{"schema", 1},
                                     {"state", "ended"},
                                     {"renter",
                                      {{"id", renter_id},
                                       {"name", is_ann ? kName : "Bob Orr"},
                                       {"email", is_ann ? kEmail : "bob@example.com"},
                                       {"phone", is_ann ? kPhone : ""}}}});
    record.updated_ms = now_ms;
    record.targets = {"lock:" + rental_id};
    return record;
}

class StoreRenters : public StoreProducts {
  protected:
    // Ann's two rentals and Bob's one, and words of both in every table.
    void fill() {
        put(rental_of("ra1", "ann", now()));
        put(rental_of("ra2", "ann", now()));
        put(rental_of("rb1", "bob", now()));
        for (const char* rental : {"ra1", "rb1"}) {
            resolved_event(std::string("by-mark-") + rental, {rental});
            Completion looked = completion(lease_one(), Completion::Outcome::kDone);
            looked.steps = {{now(), observe::StepKind::kNote, "looked"}};
            ASSERT_TRUE(store().complete(looked));
        }
        write_event("by-id", R"({"data":{"userId":"ann"}})");
        write_event("by-mail", std::string(R"({"person":")") + kEmail + "\"}");
        write_event("by-step", "{}", std::string("wrote to ") + kEmail);
        write_event("bobs", R"({"data":{"userId":"bob"}})");
        put(access::TransferLink{"acme", "ra1", "ra2", "job", now(), now()});
        put({door("d1", "ra1", "ann", "x"), door("d2", "", "", kEmail), door("d3", "", "", kName),
             door("d4", "rb1", "bob", "bob@example.com")});
        change({"rental:ra1", true, "no e-mail", "ra1", ""});
        change({"connection:doors", true, std::string("refused ") + kEmail});
        change({"rental:rb1", true, "no e-mail", "rb1", ""});
        give_up({"acme", dispatch::TaskKind::kReconcile, "ra2", now(), 0}, "no place");
        give_up({"acme", dispatch::TaskKind::kSweep, "full", now(), 0},
                std::string("bad row: ") + kPhone);
        give_up({"acme", dispatch::TaskKind::kSweep, "delta", now(), 0}, "bad row of bob");
    }

    void write_event(const std::string& id, const std::string& body,
                     const std::string& step = "received") {
        NewEvent event = new_event(id);
        event.body = body;
        event.state = EventState::kIgnored;
        event.tasks.clear();
        event.steps = {{now(), observe::StepKind::kReceived, step}};
        ASSERT_TRUE(append(std::move(event)));
    }

    access::AccessEvent door(const std::string& id, const std::string& rental,
                             const std::string& renter, const std::string& person) {
        access::AccessEvent event;
        event.business = "acme";
        event.connection = "doors";
        event.vendor_id = id;
        event.kind = "unlocked";
        event.target = "lock:1";
        event.person = person;
        event.occurred_ms = now();
        event.received_ms = now();
        event.rental_id = rental;
        event.renter_id = renter;
        return event;
    }

    void give_up(const dispatch::NewTask& task, const std::string& why) {
        enqueue(task);
        for (const dispatch::Task& leased : lease(10)) {
            const bool is_it = leased.kind == task.kind && leased.key == task.key;
            Completion ended =
                completion(leased, is_it ? Completion::Outcome::kDead : Completion::Outcome::kDone);
            ended.error = Error{ErrorKind::kInvalid, why};
            ASSERT_TRUE(store().complete(ended));
        }
    }

    static std::vector<std::string> sender_ids(const RenterData& data) {
        std::vector<std::string> ids;
        for (const RenterEvent& event : data.events) {
            ids.push_back(event.sender_id);
        }
        std::sort(ids.begin(), ids.end());
        return ids;
    }
};

}  // namespace gatehouse::store
