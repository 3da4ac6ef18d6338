#include "egress/egress.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "egress/breakers.hpp"
#include "egress/origins.hpp"
#include "egress/rate_limiter.hpp"
#include "egress/retry_after.hpp"
#include "egress/secrets.hpp"
#include "egress/url.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::size_t kMaxStepPathBytes = 160;
constexpr std::int64_t kMaxPauseMs = 300'000;
constexpr std::int64_t kDefaultPauseMs = 1'000;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr int kTooManyRequests = 429;
// Nothing that needs a turn is begun when the next one is further off. Longer than the few tasks of
// one business that are at work make each other wait: with a backlog of thousands, turning each of
// them away again and again would cost more than the few threads that wait.
constexpr std::int64_t kFarTurnNs = 10'000'000'000;

// Whether anybody was there. See breaker.hpp.
Breaker::Verdict verdict_on(const Result<HttpReply>& reply) {
    if (reply) {
        const bool is_gateways = reply->status >= 502 && reply->status <= 504;
        return is_gateways ? Breaker::Verdict::kNotAnswered : Breaker::Verdict::kAnswered;
    }
    return reply.error().kind == ErrorKind::kUnavailable ? Breaker::Verdict::kNotAnswered
                                                         : Breaker::Verdict::kUnknown;
}

std::string reason_of(const Result<HttpReply>& reply) {
    return reply ? "it answered " + std::to_string(reply->status) : reply.error().message;
}

std::vector<double> seconds_bounds() {
    return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

bool is_write(const std::string& method) {
    return method != "GET" && method != "HEAD";
}

bool is_listed(const std::vector<std::string>& entries, const Url& url) {
    return std::ranges::any_of(entries,
                               [&](const std::string& entry) { return names(entry, url); });
}

Result<void> check_host(const Policy& policy, const Url& url) {
    if (!is_listed(policy.hosts, url)) {
        return fail(ErrorKind::kForbidden,
                    url.authority() + " is not a host that this connection may reach");
    }
    // smtp begins without TLS and must change to it (mail_exchange.hpp).
    if (!url.is_tls && !url.is_mail && !is_listed(policy.plain_hosts, url)) {
        return fail(ErrorKind::kForbidden, url.authority() + " may not be spoken to without TLS");
    }
    return {};
}

// Made of the call as the plugin wrote it, before secrets are filled in.
std::string describe(const Policy& policy, const HttpCall& call, const Url& url) {
    return shorten(call.method, 16) + " " + url.authority() +
           shorten(policy.secrets.struck(std::string(url.path())), kMaxStepPathBytes);
}

// Puts the secrets where their owner wants them.
Result<void> complete(const Policy& policy, HttpCall& call) {
    if (policy.authorization.empty()) return policy.secrets.fill_in(call);
    call.headers.emplace_back("Authorization", policy.authorization.reveal());
    return {};
}

void strike(const Secrets& secrets, Result<HttpReply>& reply) {
    if (!reply) {
        reply.error().message = secrets.struck(std::move(reply.error().message));
        return;
    }
    for (auto& [name, value] : reply->headers)
        value = secrets.struck(std::move(value));
    reply->body = secrets.struck(std::move(reply->body));
}

struct Meters {
    explicit Meters(observe::Metrics& metrics)
        : seconds(metrics.histogram("gatehouse_egress_request_seconds",
                                    "Time of outbound exchanges, without waiting for the rate",
                                    seconds_bounds())),
          wait_seconds(metrics.histogram("gatehouse_egress_turn_wait_seconds",
                                         "Time that outbound requests waited for their turn",
                                         seconds_bounds())) {
        for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
            requests[i] = &metrics.counter("gatehouse_egress_requests_total", "Outbound requests",
                                           {{"outcome", kOutcomes[i]}});
        }
    }

    static constexpr std::array<const char*, 10> kOutcomes = {
        "1xx", "2xx",         "3xx",          "4xx",     "5xx",
        "429", "unavailable", "rate_limited", "refused", "shadow"};
    enum Outcome { kFirstClass = 0, k429 = 5, kUnavailable, kRateLimited, kRefused, kShadow };

    void count(const Result<HttpReply>& reply) {
        if (reply) {
            const int hundreds = std::clamp(reply->status / 100, 1, 5);
            const int outcome = reply->status == kTooManyRequests ? k429 : hundreds - 1;
            requests[static_cast<std::size_t>(outcome)]->add();
        } else if (reply.error().kind == ErrorKind::kRateLimited) {
            requests[kRateLimited]->add();
        } else if (reply.error().kind == ErrorKind::kUnavailable) {
            requests[kUnavailable]->add();
        } else {
            requests[kRefused]->add();
        }
    }

    std::array<observe::Counter*, kOutcomes.size()> requests{};
    observe::Histogram& seconds;
    observe::Histogram& wait_seconds;
};

class PolicyEgress final : public Egress {
  public:
    PolicyEgress(HttpClient& client, const Clock& clock, observe::Metrics& metrics, Pause* pause)
        : client_(client),
          clock_(clock),
          limiter_(clock, pause),
          breakers_(clock, metrics),
          meters_(metrics) {}

    Result<HttpReply> send(const Policy& policy, HttpCall call, std::int64_t deadline_ns,
                           observe::StepLog* steps) override {
        const auto url = parse_url(call.url);
        if (!url) {
            note(steps, "a request with an unusable URL -> " + url.error().message);
            meters_.requests[Meters::kRefused]->add();
            return tl::unexpected(url.error());
        }
        const std::string what = describe(policy, call, *url);
        const std::int64_t begin_ns = clock_.steady_ns();
        if (policy.is_shadow && is_write(call.method)) {
            return shadow(policy, std::move(call), *url, what, steps);
        }
        std::int64_t sent_ns = begin_ns;
        auto reply = exchange(policy, std::move(call), *url, deadline_ns, sent_ns);
        meters_.count(reply);
        note(steps, what + outcome_text(reply, clock_.steady_ns() - sent_ns));
        return reply;
    }

    std::optional<Error> shut(const Policy& policy) const override {
        if (auto shut = breakers_.shut(policy.key)) return shut;
        const std::int64_t delay_ns =
            limiter_.delay_ns(policy.key, policy.requests_per_second, policy.burst);
        if (delay_ns <= kFarTurnNs) return std::nullopt;
        return postpone(ErrorKind::kRateLimited, policy.key + " has used up its rate",
                        delay_ns / kNsPerMs)
            .value();
    }

    std::vector<Way> ways() const override { return breakers_.ways(); }

    void stop() override {
        limiter_.stop();
        origins_.stop();
    }

  private:
    static void note(observe::StepLog* steps, std::string text) {
        if (steps != nullptr) steps->add(observe::StepKind::kAsked, std::move(text));
    }

    static std::string outcome_text(const Result<HttpReply>& reply, std::int64_t took_ns) {
        if (!reply) {
            return " -> " + std::string(to_string(reply.error().kind)) + ": " +
                   reply.error().message;
        }
        return " -> " + std::to_string(reply->status) + " in " +
               std::to_string(took_ns / kNsPerMs) + " ms";
    }

    // `sent_ns` becomes the time at which the turn came.
    Result<HttpReply> exchange(const Policy& policy, HttpCall call, const Url& url,
                               std::int64_t deadline_ns, std::int64_t& sent_ns) {
        if (auto allowed = check_host(policy, url); !allowed) {
            return tl::unexpected(allowed.error());
        }
        if (auto completed = complete(policy, call); !completed) {
            return tl::unexpected(completed.error());
        }
        if (auto shut = breakers_.shut(policy.key)) return tl::unexpected(std::move(*shut));

        const std::int64_t asked_ns = sent_ns;
        auto turn =
            limiter_.wait(policy.key, policy.requests_per_second, policy.burst, deadline_ns);
        sent_ns = clock_.steady_ns();
        meters_.wait_seconds.observe(static_cast<double>(sent_ns - asked_ns) / 1e9);
        if (!turn) return tl::unexpected(turn.error());

        const std::int64_t left_ms = std::max<std::int64_t>((deadline_ns - sent_ns) / kNsPerMs, 1);
        call.timeout_ms = static_cast<int>(std::min<std::int64_t>(call.timeout_ms, left_ms));
        auto reply = send_out(policy.key, url.authority(), call);
        meters_.seconds.observe(static_cast<double>(clock_.steady_ns() - sent_ns) / 1e9);
        if (reply && reply->status == kTooManyRequests) {
            limiter_.pause(policy.key, pause_ms(*reply));
        }
        strike(policy.secrets, reply);
        return reply;
    }

    Result<HttpReply> send_out(const std::string& key, const std::string& origin,
                               const HttpCall& call) {
        if (auto entered = origins_.enter(origin); !entered) {
            return tl::unexpected(entered.error());
        }
        Result<bool> trial = breakers_.begin(key);
        Result<HttpReply> reply =
            trial ? client_.send(call) : Result<HttpReply>(tl::unexpected(trial.error()));
        origins_.leave(origin);
        if (trial) breakers_.ended(key, *trial, verdict_on(reply), reason_of(reply));
        return reply;
    }

    std::int64_t pause_ms(const HttpReply& reply) const {
        return retry_after_ms(reply.header("retry-after"), clock_.now_ms(), kMaxPauseMs)
            .value_or(kDefaultPauseMs);
    }

    Result<HttpReply> shadow(const Policy& policy, HttpCall call, const Url& url,
                             const std::string& what, observe::StepLog* steps) {
        Result<HttpReply> reply = HttpReply{200, {{"content-type", "application/json"}}, "{}"};
        if (auto allowed = check_host(policy, url); !allowed) {
            reply = tl::unexpected(allowed.error());
        } else if (auto completed = complete(policy, call); !completed) {
            reply = tl::unexpected(completed.error());
        }
        meters_.requests[reply ? Meters::kShadow : Meters::kRefused]->add();
        note(steps, what + (reply ? " -> not sent (shadow)" : outcome_text(reply, 0)));
        return reply;
    }

    HttpClient& client_;
    const Clock& clock_;
    RateLimiter limiter_;
    Breakers breakers_;
    Origins origins_;
    Meters meters_;
};

}  // namespace

std::unique_ptr<Egress> make_egress(HttpClient& client, const Clock& clock,
                                    observe::Metrics& metrics, Pause* pause) {
    return std::make_unique<PolicyEgress>(client, clock, metrics, pause);
}

}  // namespace gatehouse::egress
