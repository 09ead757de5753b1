/** What a program of CommonJS may call: `require("@telsiz/server")(httpServer)`. @param all what the package exports */
module.exports = (all) => (server, options) => new all.Server(server, options);
