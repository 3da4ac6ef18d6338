#include "simulators/load.hpp"

#include <algorithm>
#include <utility>

#include "simulators/sim_clock.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

std::int64_t percentile(const std::vector<std::int64_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    return sorted[at];
}

}  // namespace

LoadRun::LoadRun(boost::asio::io_context& io, LoadOptions options,
                 std::vector<PreparedMoveIn> items, std::string id_prefix)
    : options_(std::move(options)),
      items_(std::move(items)),
      id_prefix_(std::move(id_prefix)),
      io_(io),
      deadline_(io) {
    for (std::size_t at = 0; at < items_.size(); ++at) {
        by_rental_[items_[at].rental_id] = at;
        by_email_[items_[at].email] = at;
    }
    const std::size_t links =
        options_.is_sent_elsewhere ? 0 : std::min(options_.concurrency, items_.size());
    for (std::size_t count = 0; count < links; ++count) {
        links_.push_back(make_link(io, options_.url));
    }
}

void LoadRun::start(Done done) {
    done_ = std::move(done);
    started_ = std::chrono::steady_clock::now();
    deadline_.expires_after(std::chrono::milliseconds(options_.deadline_ms));
    deadline_.async_wait([run = shared_from_this()](boost::system::error_code error) {
        if (!error) run->finish();
    });
    if (items_.empty()) return finish();
    for (const auto& link : links_) {
        send_next(link);
    }
}

void LoadRun::send_next(const std::shared_ptr<WebhookLink>& link) {
    if (is_over_ || next_ == deliveries()) return;
    const std::size_t at = next_++ / static_cast<std::size_t>(options_.copies);
    if (options_.spacing_ms == 0) {
        items_[at].due_us = elapsed_us();
        return send(link, at);
    }
    items_[at].due_us = static_cast<std::int64_t>(at) * options_.spacing_ms * 1000;
    auto timer = std::make_shared<boost::asio::steady_timer>(
        io_, started_ + std::chrono::microseconds(items_[at].due_us));
    timer->async_wait([run = shared_from_this(), timer, link, at](boost::system::error_code error) {
        if (!error) run->send(link, at);
    });
}

void LoadRun::send(const std::shared_ptr<WebhookLink>& link, std::size_t at) {
    std::string body = webhook_body(id_prefix_ + std::to_string(at), "job.unit_moveIn.completed",
                                    {{"jobId", items_[at].job_id}});
    std::string signature = sign(options_.secret, body);
    link->deliver(std::move(body), std::move(signature), options_.rules,
                  [run = shared_from_this(), link](const Outcome& outcome) {
                      run->note_delivery(outcome);
                      run->send_next(link);
                  });
}

void LoadRun::note_delivery(const Outcome& outcome) {
    took_us_.push_back(outcome.took_us);
    ++(outcome.status == 200 ? acknowledged_ : refused_);
    if (++answered_ < deliveries()) return;
    ack_elapsed_us_ = elapsed_us();
    if (complete_ == items_.size()) finish();
}

std::size_t LoadRun::deliveries() const {
    if (options_.is_sent_elsewhere) return 0;
    return items_.size() * static_cast<std::size_t>(options_.copies);
}

void LoadRun::on_rental_fields(const std::string& rental_id) {
    const auto found = by_rental_.find(rental_id);
    if (found == by_rental_.end()) return;
    PreparedMoveIn& item = items_[found->second];
    if (item.has_fields) return;
    item.has_fields = true;
    note_progress(item);
}

void LoadRun::on_assigned(const std::string& email, KisiId group_id) {
    const auto found = by_email_.find(email);
    if (found == by_email_.end()) return;
    PreparedMoveIn& item = items_[found->second];
    if (item.groups.erase(group_id) > 0) note_progress(item);
}

void LoadRun::note_progress(PreparedMoveIn& item) {
    if (!item.has_fields || !item.groups.empty()) return;
    item.done_us = elapsed_us() - item.due_us;
    ++complete_;
    if (complete_ < items_.size()) return;
    complete_elapsed_us_ = elapsed_us();
    // All acknowledgements are to be counted.
    if (answered_ == deliveries()) finish();
}

void LoadRun::finish() {
    if (is_over_) return;
    is_over_ = true;
    deadline_.cancel();
    const Done done = std::move(done_);
    done(report());
}

json LoadRun::report() const {
    std::vector<std::int64_t> sorted = took_us_;
    std::sort(sorted.begin(), sorted.end());
    json incomplete = json::array();
    json done_us = json::array();
    for (const PreparedMoveIn& item : items_) {
        const bool is_complete = item.has_fields && item.groups.empty();
        if (!is_complete && incomplete.size() < 10) incomplete.push_back(item.rental_id);
        if (is_complete && done_us.size() < 100) done_us.push_back(item.done_us);
    }
    const bool is_all = complete_ == items_.size();
    const std::int64_t took =
        std::max<std::int64_t>(is_all ? complete_elapsed_us_ : elapsed_us(), 1);
    const double seconds = static_cast<double>(took) / 1e6;
    const std::int64_t ack_us = ack_elapsed_us_ > 0 ? ack_elapsed_us_ : elapsed_us();
    const double ack_seconds = static_cast<double>(std::max<std::int64_t>(ack_us, 1)) / 1e6;
    return {{"move_ins", items_.size()},
            {"acknowledged", acknowledged_},
            {"refused", refused_},
            {"completed", complete_},
            {"elapsed_ms", static_cast<double>(took) / 1e3},
            {"move_ins_per_s", static_cast<double>(complete_) / seconds},
            {"acks_per_s", static_cast<double>(acknowledged_) / ack_seconds},
            {"ack_elapsed_ms", static_cast<double>(ack_elapsed_us_) / 1e3},
            {"ack_p50_us", percentile(sorted, 0.5)},
            {"ack_p99_us", percentile(sorted, 0.99)},
            {"ack_max_us", percentile(sorted, 1)},
            {"started_us",
             std::chrono::duration_cast<std::chrono::microseconds>(started_.time_since_epoch())
                 .count()},
            {"done_us", std::move(done_us)},
            {"incomplete", std::move(incomplete)}};
}

std::int64_t LoadRun::elapsed_us() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 started_)
        .count();
}

std::string webhook_body(const std::string& event_id, const std::string& type, const json& data) {
    // By hand for the order of the members, which is the sender's.
    return "{\"id\":" + json(event_id).dump() + ",\"created\":\"" +
           format_utc(SimClock().now_ms()) + "\",\"type\":" + json(type).dump() +
           ",\"data\":" + data.dump() + "}";
}

}  // namespace gatehouse::simulators
