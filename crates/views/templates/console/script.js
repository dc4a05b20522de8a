(function(){
var d=document,news=d.getElementById("news"),wait=10,timer;
function rows(){return Array.prototype.slice.call(d.querySelectorAll("[data-row]"))}
d.addEventListener("keydown",function(e){
var t=e.target,typing=/^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName);
if(e.ctrlKey||e.metaKey||e.altKey||typing||e.defaultPrevented)return;
var k=e.key,all=rows(),at=all.indexOf(d.activeElement),to;
if(k==="/"){to=d.getElementById("q")}
else if(k==="j"){to=all[Math.min(at+1,all.length-1)]}
else if(k==="k"){to=all[Math.max(at-1,0)]}
else if(k==="?"){to=d.getElementById("keys");to.open=true;to=to.querySelector("summary")}
else if(k==="e"){to=d.querySelector("[data-export]");if(to){e.preventDefault();location.assign(to.href)}return}
if(to){e.preventDefault();to.focus()}
});
if(!news)return;
function later(){clearTimeout(timer);timer=setTimeout(look,wait*1000)}
function look(){
if(d.hidden){wait=300;return later()}
fetch(news.dataset.href,{credentials:"same-origin",headers:{accept:"application/json"}}).then(function(r){
if(!r.ok)throw 0;return r.json()}).then(function(n){
if(n.words){news.querySelector("a").textContent=n.words;news.hidden=false}
wait=Math.min(wait*1.2,300);later()}).catch(function(){wait=Math.min(wait*2,300);later()})
}
d.addEventListener("visibilitychange",function(){if(!d.hidden&&wait>10){wait=10;look()}});
later();
})();
