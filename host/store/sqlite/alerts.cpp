#include "store/sqlite/alerts.hpp"

#include "store/sqlite/names.hpp"
#include "store/sqlite/tasks.hpp"

namespace gatehouse::store::sqlite {
namespace {

using dispatch::AlertChange;
using dispatch::AlertRecord;

#define ALERT_COLUMNS   \
    NAME_OF("business") \
    ", subject, text, rental_id, unit_id, raised_ms, cured_ms, job_id, is_told, is_cure_told"

AlertRecord record_of(const Query& row) {
    AlertRecord record;
    record.business = row.text(0);
    record.subject = row.text(1);
    record.text = row.text(2);
    record.rental_id = row.text(3);
    record.unit_id = row.text(4);
    record.raised_ms = row.integer(5);
    record.cured_ms = row.integer(6);
    record.job_id = row.text(7);
    record.is_told = row.integer(8) != 0;
    record.is_cure_told = row.integer(9) != 0;
    return record;
}

void insert(WriteContext& context, std::int64_t business, const AlertChange& change) {
    run(context.database(),
        "INSERT INTO alerts (business, subject, text, rental_id, unit_id, raised_ms) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        business, change.subject, change.text, change.rental_id, change.unit_id, context.now_ms());
}

// False if it stands with this text already.
bool raise(WriteContext& context, std::int64_t business, const AlertChange& change,
           const std::optional<AlertRecord>& known) {
    if (!known) {
        insert(context, business, change);
        return true;
    }
    const bool is_back = known->cured_ms != 0;
    if (!is_back && known->text == change.text) return false;
    run(context.database(),
        "UPDATE alerts SET text = ?, rental_id = ?, unit_id = ?, raised_ms = ?, cured_ms = 0, "
        "is_told = ?, is_cure_told = 0 WHERE business = ? AND subject = ?",
        change.text, change.rental_id, change.unit_id,
        is_back ? context.now_ms() : known->raised_ms, known->is_told && !known->is_cure_told,
        business, change.subject);
    return true;
}

// False if none stands.
bool cure(WriteContext& context, std::int64_t business, const AlertChange& change,
          const std::optional<AlertRecord>& known) {
    if (!known || known->cured_ms != 0) return false;
    run(context.database(), "UPDATE alerts SET cured_ms = ? WHERE business = ? AND subject = ?",
        context.now_ms(), business, change.subject);
    return true;
}

}  // namespace

Result<void> change_alerts(WriteContext& context, const std::string& business,
                           const std::vector<AlertChange>& changes) {
    for (const AlertChange& change : changes) {
        const std::int64_t business_id = context.name_id(business);
        const auto known = read_alert(context.database(), business, change.subject);
        const bool is_changed = change.is_raised ? raise(context, business_id, change, known)
                                                 : cure(context, business_id, change, known);
        if (!is_changed) continue;
        dispatch::NewTask task;
        task.business = business;
        task.kind = dispatch::TaskKind::kAlert;
        task.key = change.subject;
        task.due_ms = context.now_ms();
        task.priority = dispatch::Priority::kNormal;
        if (auto enqueued = enqueue(context, task); !enqueued) return enqueued;
    }
    return {};
}

void note_alert_result(WriteContext& context, const AlertRecord& reached) {
    Database& database = context.database();
    const std::int64_t business = context.name_id(reached.business);
    const auto known = read_alert(database, reached.business, reached.subject);
    if (!known) return;
    const bool is_same =
        known->raised_ms == reached.raised_ms && known->cured_ms == reached.cured_ms;
    if (reached.is_over && is_same) {
        run(database, "DELETE FROM alerts WHERE business = ? AND subject = ?", business,
            reached.subject);
        return;
    }
    // Raised anew after the run had told the cure: nothing of the earlier alert is left.
    const bool was_cured = reached.cured_ms != 0 && known->cured_ms == 0;
    const bool is_news = was_cured && (reached.is_over || reached.is_cure_told);
    run(database,
        "UPDATE alerts SET job_id = ?, is_told = ?, is_cure_told = ? "
        "WHERE business = ? AND subject = ?",
        reached.is_over ? std::string() : reached.job_id, reached.is_told && !is_news,
        reached.is_cure_told && !is_news, business, reached.subject);
}

std::optional<AlertRecord> read_alert(Database& database, const std::string& business,
                                      const std::string& subject) {
    Query query(database,
                "SELECT " ALERT_COLUMNS
                " FROM alerts WHERE business = " ID_OF("?") " AND subject = ?",
                business, subject);
    if (!query.next()) return std::nullopt;
    return record_of(query);
}

std::vector<AlertRecord> read_alerts(Database& database, const std::optional<std::string>& business,
                                     int limit) {
    std::vector<AlertRecord> records;
    if (business) {
        Query query(database,
                    "SELECT " ALERT_COLUMNS
                    " FROM alerts WHERE business = " ID_OF("?") " ORDER BY id LIMIT ?",
                    *business, limit);
        while (query.next()) {
            records.push_back(record_of(query));
        }
        return records;
    }
    Query query(database, "SELECT " ALERT_COLUMNS " FROM alerts WHERE id > 0 ORDER BY id LIMIT ?",
                limit);
    while (query.next()) {
        records.push_back(record_of(query));
    }
    return records;
}

}  // namespace gatehouse::store::sqlite
