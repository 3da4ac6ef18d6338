// Alerts: raised once, told, cured.
#include <gtest/gtest.h>

#include "contract/store_products.hpp"

namespace gatehouse::store {

using dispatch::AlertChange;
using dispatch::AlertRecord;
using dispatch::Completion;
using dispatch::Task;
using dispatch::TaskKind;
using Outcome = dispatch::Completion::Outcome;
TEST_P(StoreProducts, AnAlertIsRaisedOnceHoweverOftenItsWorkFails) {
    const AlertChange raised{"rental:r1", true, "no e-mail", "r1", "u1"};
    change(raised);
    const Task task = lease_one();
    EXPECT_EQ(task.kind, TaskKind::kAlert);
    EXPECT_EQ(task.key, "rental:r1");
    EXPECT_EQ(task.event_id, 0);
    done(task);
    clock_.advance_ms(1000);
    change(raised);
    EXPECT_TRUE(lease().empty()) << "the same text changes nothing";
    const AlertRecord stands = alert("rental:r1");
    EXPECT_EQ(stands.business, "acme");
    EXPECT_EQ(stands.text, "no e-mail");
    EXPECT_EQ(stands.rental_id, "r1");
    EXPECT_EQ(stands.unit_id, "u1");
    EXPECT_EQ(stands.raised_ms, kStartMs);
    EXPECT_EQ(stands.cured_ms, 0);

    AlertChange changed = raised;
    changed.text = "no phone";
    change(changed);
    EXPECT_EQ(lease_one().key, "rental:r1");
    EXPECT_EQ(alert("rental:r1").text, "no phone");
    EXPECT_EQ(alert("rental:r1").raised_ms, kStartMs);
}

TEST_P(StoreProducts, ACureEndsWhatStandsAndNothingElse) {
    const AlertChange cure{"rental:r1", false};
    change(cure);
    EXPECT_TRUE(lease().empty());
    EXPECT_FALSE(*store().alert("acme", "rental:r1"));
    change({"rental:r1", true, "no e-mail"});
    done(lease_one());
    clock_.advance_ms(1000);
    change(cure);
    EXPECT_EQ(alert("rental:r1").cured_ms, now());
    done(lease_one());
    change(cure);
    EXPECT_TRUE(lease().empty());
}

TEST_P(StoreProducts, ARunChangesAlertsInItsOwnCommit) {
    run([](Completion& ended) {
        ended.alert_changes = {{"rental:r1", true, "first"}, {"connection:doors", true, "second"}};
    });
    EXPECT_EQ(lease(5).size(), 2u);
    const auto alerts = store().alerts("acme", 10);
    ASSERT_EQ(alerts->size(), 2u);
    EXPECT_EQ(alerts->at(0).text, "first");
    EXPECT_EQ(store().alerts(std::nullopt, 1)->size(), 1u);
    EXPECT_TRUE(store().alerts("bravo", 10)->empty());
}

TEST_P(StoreProducts, WhatAnAlertsRunReachedIsKeptUntilItIsOver) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    reached.job_id = "job";
    reached.is_told = true;
    reach(reached);
    EXPECT_EQ(alert("rental:r1").job_id, "job");
    EXPECT_TRUE(alert("rental:r1").is_told);
    EXPECT_FALSE(alert("rental:r1").is_cure_told);

    change({"rental:r1", false});
    reached = alert("rental:r1");
    reached.is_cure_told = true;
    reached.is_over = true;
    reach(reached);
    EXPECT_FALSE(*store().alert("acme", "rental:r1"));
}

TEST_P(StoreProducts, ACureThatComesWhileTheAlertIsToldIsNotLost) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    const Task task = lease_one();
    change({"rental:r1", false});
    Completion ended = completion(task, Outcome::kDone);
    reached.job_id = "job";
    reached.is_told = true;
    ended.alert = reached;
    ASSERT_TRUE(store().complete(ended));
    EXPECT_EQ(alert("rental:r1").job_id, "job");
    EXPECT_EQ(alert("rental:r1").cured_ms, now());
    EXPECT_EQ(lease_one().key, "rental:r1");
}

TEST_P(StoreProducts, AnAlertThatIsRaisedWhileItsCureIsToldIsANewOne) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    reached.job_id = "job";
    reached.is_told = true;
    reach(reached);
    change({"rental:r1", false});
    reached = alert("rental:r1");
    const Task task = lease_one();
    change({"rental:r1", true, "no e-mail"});
    Completion ended = completion(task, Outcome::kDone);
    reached.is_cure_told = true;
    reached.is_over = true;
    ended.alert = reached;
    ASSERT_TRUE(store().complete(ended));
    const AlertRecord stands = alert("rental:r1");
    EXPECT_EQ(stands.cured_ms, 0);
    EXPECT_EQ(stands.job_id, "");
    EXPECT_FALSE(stands.is_told);
    EXPECT_EQ(lease_one().key, "rental:r1");
}

TEST_P(StoreProducts, AnAlertThatIsBackBeforeItsCureWasToldWasNeverAway) {
    change({"rental:r1", true, "no e-mail"});
    AlertRecord reached = alert("rental:r1");
    reached.job_id = "job";
    reached.is_told = true;
    reach(reached);
    change({"rental:r1", false});
    change({"rental:r1", true, "no e-mail"});
    const AlertRecord stands = alert("rental:r1");
    EXPECT_EQ(stands.cured_ms, 0);
    EXPECT_EQ(stands.job_id, "job");
    EXPECT_TRUE(stands.is_told);
}

}  // namespace gatehouse::store
