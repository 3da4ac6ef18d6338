#include "dispatch/route_news.hpp"

#include "notify/routes.hpp"

namespace gatehouse::dispatch {

std::vector<NewTask> RouteNews::tell(const AlertRecord& alert, AlertTurn turn) {
    std::vector<NewTask> tasks;
    const auto parts = businesses_.find(alert.business);
    if (parts == businesses_.end()) return tasks;
    notify::News news;
    news.is_cured = turn == AlertTurn::kCured;
    news.at_ms = news.is_cured ? alert.cured_ms : alert.raised_ms;
    news.subject = alert.subject;
    news.text = alert.text;
    news.rental_id = alert.rental_id;
    news.unit_id = alert.unit_id;
    const std::vector<config::Notify>& routes = parts->second.config->notify;
    for (const std::size_t route : notify::routes_for(routes, news.type())) {
        NewTask task;
        task.business = alert.business;
        task.kind = TaskKind::kNotify;
        notify::Told told = notify::told_through(routes, route);
        told.alert = news;
        task.key = notify::to_key(told);
        task.due_ms = clock_.now_ms();
        task.priority = Priority::kNormal;
        tasks.push_back(std::move(task));
    }
    return tasks;
}

}  // namespace gatehouse::dispatch
