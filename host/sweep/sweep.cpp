#include "sweep/sweep.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace gatehouse::sweep {
namespace {

constexpr const char* kInventory = "gatehouse.inventory/1";

// A vendor that fails so often is left out, so that it does not hold up the others.
constexpr int kMaxVendorFailures = 3;

}  // namespace

Sweep::Sweep(const Parts& parts, Plan plan)
    : parts_(parts),
      plan_(plan),
      rentals_(parts, plan.is_full ? std::nullopt : std::optional(plan.since_ms)) {}

Result<void> Sweep::step() {
    Result<void> done;
    bool is_stage_over = false;
    switch (stage_) {
        case Stage::kRentals:
            done = rentals_.step(findings_);
            is_stage_over = rentals_.is_over();
            break;
        case Stage::kUnits:
        case Stage::kRenters:
            done = changes_->step(findings_);
            is_stage_over = changes_->is_over();
            break;
        case Stage::kUnlisted:
            done = unlisted_->step(findings_);
            is_stage_over = unlisted_->is_over();
            break;
        case Stage::kVendors:
            return step_vendor();
        case Stage::kOver:
            return {};
    }
    if (done && is_stage_over) next_stage();
    return done;
}

bool Sweep::is_foreign() const {
    return rentals_.is_foreign() || (changes_ && changes_->is_foreign());
}

void Sweep::next_stage() {
    if (is_foreign()) {
        stage_ = Stage::kOver;
    } else if (stage_ == Stage::kRentals && plan_.is_full) {
        unlisted_ = std::make_unique<UnlistedPass>(parts_, rentals_.seen(), plan_.is_trusted);
        stage_ = Stage::kUnlisted;
    } else if (stage_ == Stage::kRentals || stage_ == Stage::kUnits) {
        const bool are_units = stage_ == Stage::kRentals;
        changes_ = std::make_unique<ChangesPass>(
            parts_, are_units ? ChangesPass::Of::kUnits : ChangesPass::Of::kRenters, plan_.since_ms,
            rentals_.seen());
        stage_ = are_units ? Stage::kUnits : Stage::kRenters;
    } else if (stage_ == Stage::kUnlisted) {
        plan_vendors();
        stage_ = vendors_.empty() ? Stage::kOver : Stage::kVendors;
    } else {
        findings_.accept();
        stage_ = Stage::kOver;
    }
}

// The connections that sites use and whose plugins can say what they hold.
void Sweep::plan_vendors() {
    if (!findings_.troubles().empty()) return;
    for (const auto& [name, configured] : parts_.business.connections) {
        const config::Connection& connection = configured;
        const bool is_used = std::ranges::any_of(
            parts_.business.sites,
            [&](const config::Site& site) { return site.access == connection.name; });
        const plugins::Manifest* manifest = parts_.plugins.manifest(connection.plugin);
        const bool can_tell =
            manifest != nullptr &&
            std::ranges::find(manifest->features, kInventory) != manifest->features.end();
        if (is_used && can_tell) vendors_.push_back(name);
    }
}

Result<void> Sweep::step_vendor() {
    if (!vendor_) {
        vendor_ = std::make_unique<VendorPass>(parts_, vendors_.front(), plan_.is_trusted);
        vendor_failures_ = 0;
    }
    Result<void> done = vendor_->step(findings_);
    if (!done) {
        if (++vendor_failures_ < kMaxVendorFailures) return done;
        vendor_->give_up(findings_, shorten(done.error().message, 200));
    } else {
        vendor_failures_ = 0;
    }
    if (vendor_->is_over()) {
        vendor_.reset();
        vendors_.pop_front();
        if (vendors_.empty()) stage_ = Stage::kOver;
    }
    return {};
}

}  // namespace gatehouse::sweep
