#include "cli/printers.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/verbs.hpp"

namespace gatehouse::cli {
namespace {

using nlohmann::json;

std::string print(void (*printer)(const json&, std::ostream&), const char* document) {
    std::ostringstream out;
    printer(json::parse(document), out);
    return out.str();
}

TEST(Printers, EventsAreATable) {
    EXPECT_EQ(print(print_events, R"({"events":[{"id":7,"received":"2026-11-22T08:00:00.123Z",
                  "business":"acme","source":"storeganise","type":"","state":"open"}],
                  "next_before":7})"),
              "event  received (UTC)        business  source       type  state\n"
              "7      2026-11-22 08:00:00Z  acme      storeganise  -     open\n"
              "more: --before 7\n");
    EXPECT_EQ(print(print_events, R"({"events":[],"next_before":null})"), "no events\n");
}

TEST(Printers, AlertsAreATable) {
    EXPECT_EQ(print(print_alerts, R"({"alerts":[{"business":"acme","subject":"rental:r1",
                  "raised":"2026-11-22T08:00:00.123Z","cured":null,"task":"j1","text":"no target"},
                  {"business":"acme","subject":"sweep:acme","raised":"2026-11-22T08:00:00.123Z",
                  "cured":"2026-11-22T09:00:00.123Z","task":"","text":"empty"}]})"),
              "business  subject     since (UTC)           staff's task  what\n"
              "acme      rental:r1   2026-11-22 08:00:00Z  j1            no target\n"
              "acme      sweep:acme  2026-11-22 08:00:00Z  -             cured: empty\n");
    EXPECT_EQ(print(print_alerts, "{}"), "no alerts\n");
}

TEST(Printers, AnEventShowsItsTimeline) {
    const std::string text =
        print(print_event, R"({"id":7,"type":"job.unit_moveIn.completed","state":"done",
            "business":"acme","source":"storeganise","sender_id":"x\u001b[2J","copies":2,
            "received":"2026-11-22T08:00:00.123Z","finished":null,"verified_by":"env:A",
            "rentals":["r1","r2"],"timeline":[
            {"at":"2026-11-22T08:00:00.123Z","kind":"received","rental":null,"text":"in"},
            {"at":"2026-11-22T08:00:01.000Z","kind":"granted","rental":"r1","text":"A\nB"}]})");
    EXPECT_NE(text.find("sender's id x?[2J\n"), std::string::npos) << text;
    EXPECT_NE(text.find("rentals     r1, r2\n"), std::string::npos) << text;
    EXPECT_NE(text.find("2026-11-22 08:00:00.123Z  received  -       in\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("2026-11-22 08:00:01.000Z  granted   r1      A?B\n"), std::string::npos)
        << text;
}

TEST(Printers, GrantedIsWhatWasConfirmed) {
    const std::string text = print(print_rentals, R"({"rentals":[
        {"rental":"r1","desired":"active","granted":"active","grant_pending":false},
        {"rental":"r2","desired":"active","granted":null,"grant_pending":true},
        {"rental":"r3","desired":"ended","granted":"active","grant_pending":true},
        {"rental":"r4","desired":"active","granted":null}]})");
    for (const char* line : {"r1      -     -     -           active   active           -\n",
                             "r2      -     -     -           active   pending          -\n",
                             "r3      -     -     -           ended    active, pending  -\n",
                             "r4      -     -     -           active   -                -\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST(Printers, AnExplanationBeginsWithItsSummary) {
    const std::string text = print(print_explanation, R"({"summary":"the renter may open group:1",
        "rental":"r1","unit_name":"A12","desired":{"state":"active","targets":["group:1"],
        "reasons":["occupied"],"renter":{"name":"Ann","email":"a@b.c"}},
        "grant":{"state":"active","targets":[{"target":"group:1","name":"A12"}]},
        "pending":{"due":"2026-11-22T08:00:00.000Z","attempts":2,"last_error":"503"},
        "shut":"acme/doors does not answer","dead_letter":{"id":3,"message":"no e-mail"},
        "steps":[]})");
    EXPECT_EQ(text.find("the renter may open group:1\n\n"), 0U) << text;
    EXPECT_NE(text.find("renter      Ann <a@b.c>\n"), std::string::npos) << text;
    EXPECT_NE(text.find("desired     active: group:1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("next look   2026-11-22 08:00:00Z, attempts so far 2\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("given up    dead letter 3: no e-mail\n"), std::string::npos) << text;
    EXPECT_NE(text.find("connection  acme/doors does not answer\n"), std::string::npos) << text;
}

TEST(Printers, AnExplanationShowsWhatItStandsOnAndWhatIsInTheWay) {
    const std::string text = print(print_explanation, R"({"summary":"s","decided_by":"active",
        "rule":{"site":"*","access":"doors","overlock_on_overdue":true},
        "grant":{"references":{"member":7,"role":"x\u001b","rights":{"101":5,"900":6}}},
        "fuse_blocked":"2026-11-22T08:00:00.000Z",
        "transfers":[{"from":"r1","to":"r2"}],
        "alerts":[{"subject":"rental:r1","text":"no e-mail","raised":"2026-11-22T08:00:00.000Z"}],
        "events":[{"id":7,"type":"unit.updated","state":"done"}]})");
    for (const char* line :
         {"decided by  active\n", "rule        site * through doors; overlock on overdue: yes\n",
          "at vendor   member 7, rights (101 5, 900 6), role x?\n",
          "fuse        its end waits for a person since 2026",
          "transfer    from rental r1 to r2, not done yet\n",
          "alert       rental:r1 since 2026-11-22 08:00:00Z: no e-mail\n",
          "event       7 - unit.updated: done\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << '\n' << text;
    }
}

TEST(Printers, AnExplanationOfAUnitRenterOrTargetIsTwoTables) {
    const std::string text = print(print_explanation, R"({"kind":"target","id":"lock:1",
        "summary":"1 of 2","next_after":"r2",
        "can_open":[{"rental":"r1","unit_name":"A12","renter":{"name":"Ann","email":"a@b.c"},
                     "desired":"active","targets":["lock:1"],"reasons":["occupied"],"until":null},
                    {"rental":"r3","unit_name":"A14","renter":{"name":"Cid","email":"c@b.c"},
                     "desired":"ended","targets":["lock:1"],"reasons":["the rental is ended"],
                     "summary":"not shut yet","until":null}],
        "cannot_open":[{"rental":"r2","unit_name":"A13","renter":{"name":"Bob","email":"b@b.c"},
                        "summary":"locked out","pending":{"due":"2026-11-22T08:00:00.000Z"}}]})");
    EXPECT_EQ(text,
              "target lock:1: 1 of 2\n"
              "\n"
              "can open it  rental  unit  targets  because       until (UTC)\n"
              "Ann <a@b.c>  r1      A12   lock:1   occupied      -\n"
              "Cid <c@b.c>  r3      A14   lock:1   not shut yet  -\n"
              "\n"
              "cannot       rental  unit  why         next look (UTC)\n"
              "Bob <b@b.c>  r2      A13   locked out  2026-11-22 08:00:00Z\n"
              "more: --after r2\n");
}

TEST(Printers, BusinessesShowTheUseOfTheirSecrets) {
    const std::string text = print(print_businesses, R"({"businesses":[{"business":"acme",
        "storeganise":{"webhook_secrets":[{"label":"env:A","last_used":null}]},
        "connections":[{"connection":"doors","plugin":"kisi","webhook_secrets":[]}],
        "sites":[{"site":"*","access":"doors"}]}]})");
    EXPECT_NE(text.find("acme      *     doors   kisi\n"), std::string::npos) << text;
    EXPECT_NE(text.find("acme      storeganise  env:A           -\n"), std::string::npos) << text;
}

TEST(Printers, SurviveDocumentsOfAnyShape) {
    for (const RemoteVerb& verb : remote_verbs()) {
        for (
            const char* document :
            {"null", "7", "[]", "{}", R"({"events":7,"plugins":[7],"rentals":[[]]})",
             R"({"businesses":[{"sites":[1],"storeganise":7}],"dead_letters":[null]})",
             R"({"timeline":[1],"steps":{},"desired":[],"grant":{"targets":[1],"references":[1]}})",
             R"({"kind":7,"can_open":[7],"cannot_open":[{"pending":1}],"alerts":[1]})",
             R"({"rule":{"site":[]},"transfers":[1],"alerts":[1],"events":[1]})"}) {
            EXPECT_FALSE(print(verb.print, document).empty()) << verb.name << ' ' << document;
        }
    }
}

}  // namespace
}  // namespace gatehouse::cli
