// Alerts about a business's account at Storeganise: its key and the address of its API. Any task
// that asks Storeganise raises them at once and cures them. Pure.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "dispatch/alert.hpp"

namespace gatehouse::dispatch {

constexpr const char* kAccountSubject = "credentials:storeganise";

// Whether the key, or the address itself, is refused: no rental's, job's or list's fault.
bool is_account_refused(const Error& error);

// Raised if `error` is such a refusal.
void note_refusal(const Error& error, std::vector<AlertChange>& changes);
// Storeganise answered with what was asked for.
void note_answer(std::vector<AlertChange>& changes);

}  // namespace gatehouse::dispatch
