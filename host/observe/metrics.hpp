// Numbers for /metrics. Labels come from small closed sets (plugin, outcome, status class), never
// from a business, rental or sender: ten thousand businesses must not make ten thousand series.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::observe {

using Labels = std::map<std::string, std::string>;

// Handles stay valid for the life of their Metrics. [any thread]
class Counter {
  public:
    virtual ~Counter() = default;
    virtual void add(double amount = 1) = 0;
    virtual double value() const = 0;
};

class Gauge {
  public:
    virtual ~Gauge() = default;
    virtual void set(double value) = 0;
    virtual double value() const = 0;
};

class Histogram {
  public:
    virtual ~Histogram() = default;
    virtual void observe(double value) = 0;
};

// One registry per process, owned by app/. [any thread]
class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Finds or makes. Names follow Prometheus: gatehouse_<folder>_<what>_<unit>[_total].
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(const std::string& name, const std::string& help,
                         const std::vector<double>& bounds, const Labels& labels = {});

    // The text exposition format, version 0.0.4.
    std::string text() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gatehouse::observe
