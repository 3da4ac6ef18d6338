#include "access/reconcile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"

namespace gatehouse::access {
namespace {

using testing::HasSubstr;

class FakeRecords final : public RentalRecords {
  public:
    Result<std::optional<RentalRecord>> rental(const std::string&, const std::string&) override {
        return record;
    }
    Result<std::vector<RentalRecord>> rentals(const std::string&, const std::string&,
                                              int) override {
        return std::vector<RentalRecord>{};
    }

    std::optional<RentalRecord> record;
};

class FakeSource final : public RentalSource {
  public:
    Result<Facts> rental(const std::string&, observe::StepLog*) override { return facts; }

    Result<void> write_fields(const std::string&, const FieldChanges& changes,
                              observe::StepLog*) override {
        ++writes;
        if (!can_write) {
            return fail(ErrorKind::kUnavailable, "down");
        }
        for (const auto& [code, value] : changes) {
            if (unknown_codes.count(code) > 0) {
                return fail(ErrorKind::kInvalid, "no field " + code);
            }
        }
        for (const auto& [code, value] : changes) {
            facts->rental_fields[code] = value;
        }
        return {};
    }

    Result<Facts> facts;
    bool can_write = true;
    std::set<std::string> unknown_codes;
    int writes = 0;
};

// Agrees to everything, unless told otherwise.
class FakePlugins final : public plugins::PluginHost {
  public:
    FakePlugins() { manifest_.renter_key = {"email"}; }

    Result<std::string> call(const plugins::Call& call) override {
        documents.push_back(parse_json(call.document).value());
        if (error) {
            return tl::unexpected(*error);
        }
        if (answer) {
            return *answer;
        }
        nlohmann::json targets = nlohmann::json::array();
        for (const auto& target : documents.back().at("targets")) {
            targets.push_back({{"target", target}});
        }
        return dump_json({{"schema", 1},
                          {"state", documents.back().at("state")},
                          {"targets", targets},
                          {"references", {{"user", 7}}}});
    }
    const plugins::Manifest* manifest(const std::string&) const override { return &manifest_; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

    std::vector<nlohmann::json> documents;
    std::optional<Error> error;
    std::optional<std::string> answer;

  private:
    plugins::Manifest manifest_;
};

class ReconcileTest : public testing::Test {
  protected:
    ReconcileTest() {
        config::Site site;
        site.site = "*";
        site.access = "doors";
        business_.business = "acme";
        business_.sites.push_back(site);
        business_.connections["doors"].plugin = "kisi";
        Facts facts;
        facts.rental_id = "r1";
        facts.site_id = "s1";
        facts.unit_name = "A12";
        facts.state = "occupied";
        facts.renter = Renter{"o1", "Ada", "ada@example.com", "", ""};
        facts.unit_fields = {{"kisi_id", "group:4711"}};
        facts.rental_fields = {{"kisi_overlocked", std::nullopt}, {"kisi_status", std::nullopt}};
        source_.facts = facts;
    }

    Look look() {
        observe::StepLog steps(clock_);
        Look look = reconciler_.look(business_, source_, "r1", steps);
        if (look.record) {
            records_.record = *look.record;
        }
        return look;
    }

    ManualClock clock_{1'800'000'000'000};
    config::Business business_;
    FakeRecords records_;
    FakeSource source_;
    FakePlugins plugins_;
    Reconciler reconciler_{records_, plugins_, clock_};
};

TEST_F(ReconcileTest, GrantsAndWritesBack) {
    EXPECT_TRUE(look().status.has_value());
    ASSERT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(plugins_.documents[0].at("state"), "active");
    EXPECT_EQ(source_.facts->rental_fields["kisi_status"], "active: group:4711");
    EXPECT_EQ(source_.facts->rental_fields["kisi_overlocked"], std::nullopt);
}

TEST_F(ReconcileTest, P4_ASecondLookWritesNothingAnywhere) {
    look();
    const Look second = look();
    EXPECT_TRUE(second.status.has_value());
    EXPECT_EQ(second.record, nullptr);
    EXPECT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(source_.writes, 1);
}

TEST_F(ReconcileTest, ReferencesComeBackToThePlugin) {
    look();
    source_.facts->is_overdue = true;
    look();
    EXPECT_EQ(plugins_.documents[1].at("state"), "suspended");
    EXPECT_EQ(plugins_.documents[1].at("references").at("user"), 7);
    EXPECT_EQ(source_.facts->rental_fields["kisi_overlocked"], "true");
}

TEST_F(ReconcileTest, P7_PaymentRestores) {
    source_.facts->is_overdue = true;
    look();
    source_.facts->is_overdue = false;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.back().at("state"), "active");
    EXPECT_EQ(source_.facts->rental_fields["kisi_overlocked"], "false");
}

TEST_F(ReconcileTest, AnEndLeavesNoGrantAndSaysSo) {
    look();
    source_.facts->state = "ended";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(records_.record->grant_json, "");
    EXPECT_EQ(source_.facts->rental_fields["kisi_status"], "ended");
    look();
    EXPECT_EQ(plugins_.documents.size(), 2U);
}

TEST_F(ReconcileTest, P5_AGrantIsRememberedWhenTheFieldsCannotBeWritten) {
    source_.can_write = false;
    const Look first = look();
    EXPECT_EQ(first.status.error().kind, ErrorKind::kUnavailable);
    ASSERT_NE(first.record, nullptr);
    source_.can_write = true;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(source_.facts->rental_fields["kisi_status"], "active: group:4711");
}

TEST_F(ReconcileTest, P5_TheFieldsOfAnEndAreWrittenLater) {
    look();
    source_.facts->state = "ended";
    source_.can_write = false;
    EXPECT_FALSE(look().status.has_value());
    source_.can_write = true;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(source_.facts->rental_fields["kisi_status"], "ended");
    EXPECT_EQ(plugins_.documents.size(), 2U);
}

TEST_F(ReconcileTest, P6_UnreadableOrForeignFactsTouchNothing) {
    look();
    for (const ErrorKind kind :
         {ErrorKind::kInvalid, ErrorKind::kUnavailable, ErrorKind::kNotFound}) {
        const Facts good = *source_.facts;
        source_.facts = fail(kind, "no");
        const Look failed = look();
        EXPECT_FALSE(failed.status.has_value());
        EXPECT_NE(failed.status.error().kind, ErrorKind::kInvalid) << "time may cure it";
        EXPECT_EQ(failed.record, nullptr);
        source_.facts = good;
    }
    source_.facts->site_id = "another";
    source_.facts->state = "ended";
    EXPECT_FALSE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.size(), 1U);
}

TEST_F(ReconcileTest, APendingAnswerIsAskedAgain) {
    plugins_.answer =
        R"({"schema":1,"state":"pending","references":{"job":"j"},"poll_after_ms":700})";
    const Look first = look();
    EXPECT_EQ(first.status.error().kind, ErrorKind::kPending);
    EXPECT_EQ(first.status.error().retry_after_ms, 700);
    plugins_.answer.reset();
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents[1].at("references").at("job"), "j");
}

TEST_F(ReconcileTest, AVendorErrorKeepsTheOldRecord) {
    look();
    source_.facts->is_overdue = true;
    plugins_.error = Error{ErrorKind::kUnavailable, "kisi: 503"};
    const Look failed = look();
    EXPECT_EQ(failed.status.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(failed.record, nullptr);
    plugins_.error.reset();
    EXPECT_TRUE(look().status.has_value());
}

TEST_F(ReconcileTest, StaffSeeWhatOnlyAPersonCanMend) {
    source_.facts->unit_fields.clear();
    const Look failed = look();
    EXPECT_EQ(failed.status.error().kind, ErrorKind::kNotFound);
    EXPECT_THAT(*source_.facts->rental_fields["kisi_status"], HasSubstr("kisi_id"));
    look();
    EXPECT_EQ(source_.writes, 1) << "the same line is not written twice";
}

TEST_F(ReconcileTest, AFieldThatTheBusinessLacksDoesNotFailTheLook) {
    source_.unknown_codes = {"kisi_status"};
    source_.facts->is_overdue = true;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(source_.facts->rental_fields["kisi_overlocked"], "true");
    source_.unknown_codes = {"kisi_status", "kisi_overlocked"};
    source_.facts->is_overdue = false;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.back().at("state"), "active");
}

TEST_F(ReconcileTest, P12_ASiteWithoutARuleIsNoneOfOurs) {
    business_.sites[0].site = "elsewhere";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_TRUE(plugins_.documents.empty());
}

}  // namespace
}  // namespace gatehouse::access
