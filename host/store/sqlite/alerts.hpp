// The table of alerts: at most one row for each subject of a business.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dispatch/alert.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// Each change that changes a thing enqueues the subject's kAlert task. A subject that is raised
// again before its cure was told was never away: it is not told again. [writer's thread]
Result<void> change_alerts(WriteContext& context, const std::string& business,
                           const std::vector<dispatch::AlertChange>& changes);

// What a kAlert run reached. The alert may have been cured or raised anew meanwhile: its task runs
// once more then, and what is written here is only what still holds. [writer's thread]
void note_alert_result(WriteContext& context, const dispatch::AlertRecord& reached);

std::optional<dispatch::AlertRecord> read_alert(Database& database, const std::string& business,
                                                const std::string& subject);
std::vector<dispatch::AlertRecord> read_alerts(Database& database,
                                               const std::optional<std::string>& business,
                                               int limit);

}  // namespace gatehouse::store::sqlite
