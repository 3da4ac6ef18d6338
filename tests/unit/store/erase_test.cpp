// What is erased leaves no byte in the files, free pages and log included.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store {
namespace {

constexpr const char* kWords[] = {"ann.lee@example.com", "+4520123456", "Ann Lee",
                                  "the-rental-of-ann"};

class EraseTest : public ::testing::Test {
  protected:
    void SetUp() override {
        SqliteOptions options;
        options.path = (directory_ / "gatehouse.db").string();
        store_ = std::move(open_sqlite_store(options, clock_, metrics_).value());
    }

    void append(const std::string& id, const std::string& body) {
        NewEvent event;
        event.business = "acme";
        event.source = "storeganise";
        event.sender_id = id;
        event.body = body;
        event.received_ms = clock_.now_ms();
        event.state = EventState::kIgnored;
        event.steps = {{clock_.now_ms(), observe::StepKind::kReceived, body}};
        std::promise<void> stored;
        store_->append(std::move(event), [&](const Result<Appended>& appended) {
            EXPECT_TRUE(appended);
            stored.set_value();
        });
        stored.get_future().wait();
    }

    void look(dispatch::Completion::Outcome outcome) {
        ASSERT_TRUE(store_->enqueue(
            {{"acme", dispatch::TaskKind::kReconcile, kWords[3], clock_.now_ms(), 0}}));
        const auto leased = store_->lease({{"acme", 1}}, clock_.now_ms(), clock_.now_ms() + 1);
        auto record = std::make_shared<access::RentalRecord>();
        record->business = "acme";
        record->rental_id = kWords[3];
        record->renter_id = "ann";
        record->desired_json = R"({"state":"ended","renter":{"name":"Ann Lee","email":")" +
                               std::string(kWords[0]) + R"(","phone":")" + kWords[1] + "\"}}";
        dispatch::Completion completion;
        completion.task_id = leased->tasks.at(0).id;
        completion.generation = leased->tasks.at(0).generation;
        completion.outcome = outcome;
        completion.rental = record;
        completion.error = Error{ErrorKind::kInvalid, std::string("refused ") + kWords[0]};
        completion.steps = {{clock_.now_ms(), observe::StepKind::kNote, kWords[2]}};
        access::AccessEvent door;
        door.business = "acme";
        door.connection = "doors";
        door.vendor_id = "d" + std::to_string(++doors_);
        door.person = kWords[0];
        completion.access_events = {door};
        ASSERT_TRUE(store_->complete(completion));
    }

    // By file, the words that stand in it.
    std::string found() const {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(file), {}};
            for (const char* word : kWords) {
                if (bytes.find(word) == std::string::npos) continue;
                all += entry.path().filename().string() + ": " + word + "\n";
            }
        }
        return all;
    }

    test::TempDir directory_;
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
    std::unique_ptr<Store> store_;
    int doors_ = 0;
};

TEST_F(EraseTest, P8_NoByteOfThePersonIsLeftInAnyFile) {
    for (int i = 0; i < 60; ++i) {
        append("e" + std::to_string(i),
               std::string(R"({"userId":"ann","email":")") + kWords[0] + "\",\"pad\":\"" +
                   std::string(static_cast<std::size_t>(i) * 60, 'x') + "\"}");
    }
    look(dispatch::Completion::Outcome::kDone);
    look(dispatch::Completion::Outcome::kDead);
    ASSERT_TRUE(store_->change_alerts(
        "acme", {{"rental:" + std::string(kWords[3]), true, kWords[2], kWords[3], ""}}));
    EXPECT_NE(found(), "") << "the test sees what is there";
    ASSERT_TRUE(store_->erase_renter("acme", "ann", Held::kRefuse));
    EXPECT_EQ(found(), "") << "while it runs";
    store_.reset();
    EXPECT_EQ(found(), "") << "and when it has ended";
}

}  // namespace
}  // namespace gatehouse::store
