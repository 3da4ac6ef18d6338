#include "notify/known_types.hpp"

namespace gatehouse::notify {

const std::vector<std::string>& known_types() {
    static const std::vector<std::string> types{
        // Help centre, "Webhooks".
        "business.updated", "site.settings.updated", "site.availability.updated", "addon.installed",
        "addon.customFields.validate", "items.updated", "job.unit_moveIn.create.started",
        "job.unit_moveIn.created", "job.unit_moveIn.started", "job.unit_moveIn.completed",
        "job.unit_moveIn.cancelled", "job.unit_moveOut.created", "job.unit_moveOut.completed",
        "job.unit_moveOut.cancelled", "job.unit_transfer.completed", "job.valetOrder.submitted",
        "job.valetOrder.created", "job.valetOrder.started", "job.valetOrder.completed",
        "job.valetOrder.cancelled", "unit.reserved", "unit.occupied", "unit.blocked",
        "unit.unassigned", "unit.unblocked", "unit.archived", "unitRental.markOverdue",
        "unitRental.unmarkOverdue", "unitRental.updated", "unitRental.invoice.created",
        "user.created", "user.updated", "user.billing.updated", "valet.invoice.created",
        "invoice.state.updated", "invoice.payments.updated", "invoice.deleted",
        // Seen in use.
        "unit.updated", "invoice.created", "invoice.updated", "job.lead.created",
        "job.invoice_reminder.sent", "job.unitRental_updatePrice.notified",
        "job.unitRental_updatePrice.completed", "addon.dailyEvent.started", "billing.list",
        "billing.charge", "billing.checkout", "user.disabled", "unitRental.charges.updated",
        // docs/notify.md, "Alerts".
        "gatehouse.alert.raised", "gatehouse.alert.cured"};
    return types;
}

}  // namespace gatehouse::notify
