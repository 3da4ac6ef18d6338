#include "observe/step.hpp"

namespace gatehouse::observe {

std::string_view to_string(StepKind kind) {
    switch (kind) {
        case StepKind::kReceived:
            return "received";
        case StepKind::kRead:
            return "read";
        case StepKind::kDecided:
            return "decided";
        case StepKind::kAsked:
            return "asked";
        case StepKind::kAnswered:
            return "answered";
        case StepKind::kGranted:
            return "granted";
        case StepKind::kWrote:
            return "wrote";
        case StepKind::kRetry:
            return "retry";
        case StepKind::kDead:
            return "dead";
        case StepKind::kNote:
            return "note";
    }
    return "note";
}

void StepLog::add(StepKind kind, std::string text) {
    steps_.push_back(Step{clock_.now_ms(), kind, untold_.out_of(std::move(text))});
}

void StepLog::take_out(Strike untold) {
    untold_ = std::move(untold);
    for (Step& step : steps_)
        step.text = untold_.out_of(std::move(step.text));
}

void StepLog::drop_unless(const std::function<bool(const Step&)>& is_kept) {
    std::erase_if(steps_, [&](const Step& step) { return !is_kept(step); });
}

}  // namespace gatehouse::observe
