// LoadRun: sends the webhooks of many prepared move-ins, or leaves that to another process, and
// waits until each is complete, that is, until its renter has a role assignment to the unit's
// groups and its rental got custom fields. Gatehouse and its baselines are measured by this one
// driver.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "simulators/kisi_model.hpp"
#include "simulators/webhook_sender.hpp"

namespace gatehouse::simulators {

struct PreparedMoveIn {
    std::string job_id, rental_id, email;
    std::set<KisiId> groups;  // still without a role assignment
    bool has_fields = false;
    std::int64_t due_us = 0;   // when its webhook was to be sent, since the start
    std::int64_t done_us = 0;  // from then until it was complete; 0 = not yet
};

struct LoadOptions {
    Url url;
    std::string secret;
    std::size_t concurrency = 16;
    int copies = 1;               // each webhook is sent so often
    std::int64_t spacing_ms = 0;  // one after the other, so far apart; 0 = as answers come
    std::int64_t deadline_ms = 60'000;
    bool is_sent_elsewhere = false;  // nothing is sent from here
    DeliveryRules rules;
};

class LoadRun : public std::enable_shared_from_this<LoadRun> {
  public:
    using Done = std::function<void(nlohmann::json)>;

    LoadRun(boost::asio::io_context& io, LoadOptions options, std::vector<PreparedMoveIn> items,
            std::string id_prefix);

    // Calls `done` once with the report, when all is complete or the deadline has passed.
    void start(Done done);

    void on_rental_fields(const std::string& rental_id);
    void on_assigned(const std::string& email, KisiId group_id);

    bool is_over() const { return is_over_; }

  private:
    void send_next(const std::shared_ptr<WebhookLink>& link);
    void send(const std::shared_ptr<WebhookLink>& link, std::size_t at);
    void note_delivery(const Outcome& outcome);
    std::size_t deliveries() const;
    void note_progress(PreparedMoveIn& item);
    void finish();
    nlohmann::json report() const;
    std::int64_t elapsed_us() const;

    LoadOptions options_;
    std::vector<PreparedMoveIn> items_;
    std::string id_prefix_;
    boost::asio::io_context& io_;
    std::vector<std::shared_ptr<WebhookLink>> links_;
    boost::asio::steady_timer deadline_;
    std::unordered_map<std::string, std::size_t> by_rental_, by_email_;
    std::vector<std::int64_t> took_us_;
    std::size_t next_ = 0, acknowledged_ = 0, refused_ = 0, complete_ = 0, answered_ = 0;
    std::int64_t ack_elapsed_us_ = 0, complete_elapsed_us_ = 0;
    std::chrono::steady_clock::time_point started_;
    bool is_over_ = false;
    Done done_;
};

// The body of a webhook in the form that Storeganise sends.
std::string webhook_body(const std::string& event_id, const std::string& type,
                         const nlohmann::json& data);

}  // namespace gatehouse::simulators
