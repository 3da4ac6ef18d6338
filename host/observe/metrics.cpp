#include "observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>

namespace gatehouse::observe {
namespace {

class PrometheusCounter final : public Counter {
  public:
    explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
    void add(double amount) override { counter_.Increment(amount); }
    double value() const override { return counter_.Value(); }

  private:
    prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
  public:
    explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
    void set(double value) override { gauge_.Set(value); }
    double value() const override { return gauge_.Value(); }

  private:
    prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
  public:
    explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
    void observe(double value) override { histogram_.Observe(value); }

  private:
    prometheus::Histogram& histogram_;
};

using Key = std::pair<std::string, Labels>;

// Finds the handle under `key` or makes it with `make`.
template <typename Interface, typename Make>
Interface& find_or_make(std::map<Key, std::unique_ptr<Interface>>& known, Key key, Make make) {
    auto& slot = known[std::move(key)];
    if (slot == nullptr) {
        slot = make();
    }
    return *slot;
}

}  // namespace

class Metrics::Impl {
  public:
    prometheus::Registry registry;
    std::mutex mutex;
    std::map<Key, std::unique_ptr<Counter>> counters;
    std::map<Key, std::unique_ptr<Gauge>> gauges;
    std::map<Key, std::unique_ptr<Histogram>> histograms;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(impl_->mutex);
    return find_or_make(impl_->counters, {name, labels}, [&] {
        return std::make_unique<PrometheusCounter>(
            prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels));
    });
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(impl_->mutex);
    return find_or_make(impl_->gauges, {name, labels}, [&] {
        return std::make_unique<PrometheusGauge>(
            prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels));
    });
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const std::vector<double>& bounds, const Labels& labels) {
    const std::lock_guard lock(impl_->mutex);
    return find_or_make(impl_->histograms, {name, labels}, [&] {
        return std::make_unique<PrometheusHistogram>(prometheus::BuildHistogram()
                                                         .Name(name)
                                                         .Help(help)
                                                         .Register(impl_->registry)
                                                         .Add(labels, bounds));
    });
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace gatehouse::observe
