(()=>{
const left=document.getElementById("left");
if(left){
const seconds=Number(left.dataset.seconds),start=Date.now();
const tell=()=>{
let rest=Math.max(0,Math.floor(seconds-(Date.now()-start)/1000));
const parts=[[86400,"d"],[3600,"h"],[60,"min"]].map(([size,unit])=>{const count=Math.floor(rest/size);rest%=size;return[count,unit]});
const first=parts.findIndex(([count])=>count>0);
left.textContent=first<0?(seconds*1000>Date.now()-start?"less than 1 min left":"the time is over"):parts.slice(first,first+2).filter(([count])=>count>0).map(([count,unit])=>count+" "+unit).join(" ")+" left";
};
setInterval(tell,60000);
addEventListener("pageshow",event=>{if(event.persisted)tell()});
}
const digest=document.getElementById("digest");
if(digest&&navigator.clipboard){
const button=document.createElement("button");
button.type="button";button.className="copy";button.textContent="Copy the fingerprint";
button.onclick=()=>navigator.clipboard.writeText(digest.textContent).then(()=>{button.textContent="Copied"},()=>{button.textContent="Not copied"});
digest.after(button);
}
})();
