/** What a program of CommonJS may call: `require("@telsiz/client")(url)`. @param all what the package exports */
module.exports = (all) => all.io;
