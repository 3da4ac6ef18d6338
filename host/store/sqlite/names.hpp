// Parts of SQL texts: businesses, sources and connections are small numbers in every table, and
// `names` says which.
#pragma once

#define NAME_OF(column) "(SELECT name FROM names WHERE names.id = " column ")"
#define ID_OF(parameter) "(SELECT id FROM names WHERE name = " parameter ")"
