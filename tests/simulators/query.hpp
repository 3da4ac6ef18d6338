// Reading a request's target: the query's parameters and the path's segments.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::simulators {

using Query = std::map<std::string, std::string, std::less<>>;

// "a=1&b=x%20y" -> {a: "1", b: "x y"}; the last of equal names counts.
Query parse_query(std::string_view text);

// The parameter's value, "" if it is not there.
std::string_view value_of(const Query& query, std::string_view name);

// A whole number within [low, high]; `fallback` when the parameter is missing or not a number.
std::int64_t number_of(const Query& query, std::string_view name, std::int64_t fallback,
                       std::int64_t low, std::int64_t high);

// "/users/ann%40x.org" -> {"users", "ann@x.org"}.
std::vector<std::string> segments_of(std::string_view path);

// "a,b" -> {"a", "b"}; "" -> {}.
std::vector<std::string> split(std::string_view text, char separator);

// A number with nothing around it, or -1.
std::int64_t to_id(std::string_view text);

}  // namespace gatehouse::simulators
